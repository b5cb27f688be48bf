import { confidenceBins } from '../../../analysis/calibration.js';
import { reliabilityChart } from '../../charts/reliability.js';
import { html, type Markup } from '../../markup.js';
import type { MethodDescription } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import { calibrationColumns } from '../../tables/columns.js';
import { interval } from './cells.js';
import { figureOf } from './figure.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';
import { scrollable } from './scrollable.js';
import { details } from './setup.js';

/** How far the networks' probabilities can be believed; nothing where they were not scored. */
export function calibrationSection(page: Page): Markup | undefined {
  const columns = calibrationColumns(page.summaries);
  if (columns.length === 0) return undefined;
  const row = (summary: MethodSummary): Markup =>
    html`<tr><th scope="row">${methodName(page, summary.method)}</th>
${columns.map(({ format }) => html`<td>${interval(format(summary))}</td>`)}</tr>
`;
  const table = html`<table class="results">
<thead><tr><th scope="col">Method</th>
${columns.map(({ heading, unit }) => html`<th scope="col">${heading}${unit !== '' && html` <small>${unit}</small>`}</th>`)}</tr></thead>
<tbody>
${page.summaries.map(row)}</tbody>
</table>`;
  return section(
    'calibration',
    'Can its probabilities be believed?',
    html`Test clips, mean ± standard deviation over runs; lower is better. Nothing is calibrated afterwards: these are the probabilities that the networks give.`,
    html`${scrollable(html`aria-label="Calibration"`, table)}
<p class="note"><b>ECE</b>: expected calibration error (Guo and others 2017), how far confidence, the probability of the class that is named, and accuracy are apart in 15 equally wide bins of confidence; with few test clips it is above 0 by luck. <b>Brier</b>: squared distance of the probabilities from the truth over all classes, 0 to 2. <b>NLL</b>: negative log likelihood, the cross-entropy.</p>
${details('Reliability: how often answers of a confidence are right', diagrams(page))}`,
  );
}

function diagrams(page: Page): Markup {
  const methods = page.results.methods.filter(({ id }) => answersOf(page, id).length > 0);
  return html`<p class="note">The test answers of all runs together. On the dashed line confidence can be believed; below it is too high. A dot is a bin of confidence, its area the number of answers; the line joins bins of ten answers or more.</p>
<div class="grid">${methods.map((method) => diagram(page, method))}</div>`;
}

function diagram(page: Page, method: MethodDescription): Markup {
  const bins = confidenceBins(answersOf(page, method.id));
  const said = bins.map(
    ({ confidence, accuracy, count }) =>
      `${(100 * accuracy).toFixed(0)}% right at ${(100 * confidence).toFixed(0)}% (${count})`,
  );
  return figureOf(
    `reliability-${method.id}`,
    methodName(page, method),
    reliabilityChart({
      label: `${method.label}: accuracy by confidence, with the number of answers: ${said.join(', ')}.`,
      bins,
      colour: colourOf(page, method.id),
      width: 300,
      height: 260,
    }),
  );
}

function answersOf(page: Page, method: string) {
  return runsOf(page, method).flatMap(({ predictions }) => predictions);
}
