import {
  formatInterval,
  formatP,
  formatPoints,
  formatShare,
  formatShares,
  formatUnits,
} from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { MethodSummary } from '../../summary.js';
import { methodName, type Page, section } from './page.js';

/** The table of all methods. */
export function resultsTable(page: Page): Markup {
  const { results, summaries } = page;
  const confounded = summaries.some((summary) => summary.contradicting);
  const { column, chance } = results.orthogonal;
  return section(
    'results',
    'Results',
    html`Test clips, mean ± standard deviation over runs. Gains are paired with the first row; their intervals cover 95%.`,
    html`<div class="scroll" role="region" aria-labelledby="results" tabindex="0"><table class="results">
<thead><tr>
<th scope="col">Method</th>
<th scope="col">Runs</th>
<th scope="col">Accuracy <small>%</small></th>
<th scope="col">Macro-F1 <small>%</small></th>
<th scope="col" colspan="2">Gain <small>points, 95% CI</small></th>
<th scope="col"><i>p</i></th>
<th scope="col"><i>p</i> <small>Holm</small></th>
${confounded && html`<th scope="col">Contra&shy;dicting <small>%</small></th>`}
<th scope="col">CKA</th>
<th scope="col">Probe <small>%</small></th>
</tr></thead>
<tbody>
${summaries.map((summary) => row(page, summary, confounded))}</tbody>
</table></div>
<p class="note">${confounded && html`<b>Contradicting</b>: accuracy on the test clips whose ${column} goes against what training suggested. `}<b>CKA</b>: likeness to the ${column} network, 0 to 1. <b>Probe</b>: how often a linear probe still reads the ${column}; ${formatShare(chance)}% by always naming the most frequent.</p>`,
  );
}

function row(page: Page, summary: MethodSummary, confounded: boolean): Markup {
  const { method, gain } = summary;
  const best = page.verdict.method === method.id;
  return html`<tr${best && html` class="best"`}>
<th scope="row">${methodName(page, method)} <span class="tag">${origin(summary)}</span></th>
<td>${summary.n}</td>
<td>${meanAndDeviation(formatShares(summary.accuracy))}</td>
<td>${meanAndDeviation(formatShares(summary.macroF1))}</td>
<td class="gain">${summary.reference ? '' : formatPoints(gain?.mean)}</td>
<td class="interval">${formatInterval(gain)}</td>
<td>${summary.reference ? '' : formatP(gain?.test?.p)}</td>
<td>${summary.reference ? '' : formatP(summary.pHolm)}</td>
${confounded && html`<td>${meanAndDeviation(formatShares(summary.contradicting))}</td>`}
<td>${meanAndDeviation(formatUnits(summary.cka))}</td>
<td>${meanAndDeviation(formatShares(summary.probe.accuracy))}</td>
</tr>
`;
}

/** The deviation stands back behind the mean. */
function meanAndDeviation(text: string): Markup {
  const [mean, deviation] = text.split(' ± ');
  return html`${mean}${deviation !== undefined && html` <small>± ${deviation}</small>`}`;
}

/** Where a method comes from, in two words. */
function origin({ reference, method }: MethodSummary): string {
  if (reference) return 'reference';
  if (method.control) return 'control';
  return method.published ? 'as published' : 'this toolkit’s';
}
