import { spread } from '../../../analysis/statistics.js';
import { formatShares } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { RunResult } from '../../results.js';
import { methodName, type Page, runsOf } from './page.js';
import { scrollable } from './scrollable.js';
import { details } from './setup.js';

const SIDES = [
  ['training', ({ sides }: RunResult) => sides?.train],
  ['validation', ({ sides }: RunResult) => sides?.validation],
  ['test', ({ test }: RunResult) => test],
] as const;

const SCORES = [
  ['Accuracy', 'accuracy'],
  ['Macro-F1', 'macroF1'],
  ['Precision', 'macroPrecision'],
  ['Recall', 'balancedAccuracy'],
] as const;

/** The scores of the tested models on all sides, folded away; nothing where only the test was scored. */
export function sidesTable(page: Page): Markup | undefined {
  const { results, summaries } = page;
  const measured = SIDES.filter(([, scores]) => results.runs.some((run) => scores(run) !== undefined));
  if (measured.length < 2) return undefined;
  const cell = (id: string, side: (typeof SIDES)[number], score: (typeof SCORES)[number][1]) =>
    formatShares(spread(runsOf(page, id).flatMap((run) => side[1](run)?.[score] ?? [])));
  return details(
    'Training, validation and test: accuracy, F1, precision, recall',
    html`<p class="note">Of the chosen epoch's model, each clip once, in percent: mean ± standard deviation over runs. F1, precision and recall are means over classes.</p>
${scrollable(
  html`aria-label="Scores on all sides"`,
  html`<table class="results sides">
<thead><tr>
<th scope="col">Method</th><th scope="col">Clips</th>
${SCORES.map(
  ([heading]) => html`<th scope="col">${heading} <small>%</small></th>
`,
)}</tr></thead>
<tbody>
${summaries.flatMap(({ method }) =>
  measured.map(
    (side) => html`<tr>
<th scope="row">${methodName(page, method)}</th><td>${side[0]}</td>
${SCORES.map(
  ([, score]) => html`<td>${cell(method.id, side, score)}</td>
`,
)}</tr>
`,
  ),
)}</tbody>
</table>`,
)}`,
  );
}
