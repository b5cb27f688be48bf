import type { DroppedCell } from '../../runs/halving/halve.js';
import { comparisonRows } from '../joined/by-comparison.js';
import { choiceSentences } from '../joined/choice-text.js';
import { chooseByValidation } from '../joined/choose.js';
import { type JoinedTable, joinResults } from '../joined/join.js';
import { joinedMeasures } from '../joined/measures.js';
import { joinedContents } from '../joined/report/contents.js';
import { layerwiseSection } from '../joined/report/layerwise-section.js';
import { tapFigures } from '../joined/report/tap-gains.js';
import { html, type Markup } from '../markup.js';
import { documentOf } from '../page/document.js';
import { droppedColumns, droppedSentence } from './dropped.js';
import type { FinishedCell } from './finished-cell.js';

/** What the page of a sweep is made of. */
export interface SweepPageContents {
  readonly finished: readonly FinishedCell[];
  /** Cells that were dropped before they were tested. */
  readonly dropped: readonly DroppedCell[];
  /** The names of cells that have no results. */
  readonly missing: readonly string[];
}

/**
 * `index.html` of a sweep: the cells with their accuracies and verdicts, each a link to its report; gains by the tap; those that
 * were dropped with what they reached on validation clips. The same results always give the same page.
 *
 * @param linkOf where a cell's report is, from the page
 */
export function renderSweep(
  { finished, dropped, missing }: SweepPageContents,
  linkOf: (cell: string) => string,
): string {
  const all = finished.length + missing.length + dropped.length;
  const choice = chooseByValidation(finished);
  const gone = dropped.length > 0 && `, ${dropped.length} were dropped`;
  return documentOf(
    `Sweep: ${finished.length} of ${all} comparisons`,
    html`<h1 class="verdict">${finished.length} of ${all} comparisons are finished${gone}</h1>
${choice && html`<p class="lead">${choiceSentences(choice).join(' ')}</p>`}
${finished.length > 0 && tables(finished, linkOf)}
${layerwise(finished)}
${dropped.length > 0 && droppedSection(dropped)}
${missing.length > 0 && html`<p class="note">Not finished: ${missing.join(', ')}.</p>`}`,
  );
}

/** Where methods or cells differ in nothing but the tap. */
function layerwise(finished: readonly FinishedCell[]): Markup | false {
  const contents = joinedContents(finished);
  return layerwiseSection(contents.layerwise, tapFigures(contents));
}

function droppedSection(dropped: readonly DroppedCell[]): Markup {
  return html`<section aria-labelledby="dropped">
<h2 id="dropped">Dropped on validation clips</h2>
<p class="lead">${droppedSentence(dropped)}</p>
<div class="scroll" role="region" aria-label="Dropped cells" tabindex="0"><table class="results">
<thead><tr><th scope="col">Cell</th>${droppedColumns.map(
    ({ heading, unit }) => html`<th scope="col">${heading}${unit && ` (${unit})`}</th>`,
  )}</tr></thead>
<tbody>${dropped.map(
    (cell) => html`<tr><th scope="row">${cell.name}</th>${droppedColumns.map(
      (column) => html`<td>${column.format(cell)}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>
</section>
`;
}

function tables(finished: readonly FinishedCell[], linkOf: (cell: string) => string): Markup {
  return html`${[joinedMeasures.find('accuracy'), joinedMeasures.find('gain')].map((measure) =>
    table(joinResults(finished, measure), linkOf),
  )}
<section aria-labelledby="verdicts">
<h2 id="verdicts">Verdicts</h2>
<ul>${finished.map(
    ({ name, verdict }) => html`<li><a href="${linkOf(name)}">${name}</a>: ${verdict.sentence}</li>
`,
  )}</ul>
</section>`;
}

function table(joined: JoinedTable, linkOf: (cell: string) => string): Markup {
  const { measure, rows } = joined;
  const id = `table-${measure.name}`;
  const best = measure.better && '; bold: shown to be better than every other method of its row';
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${measure.name}</h2>
<p class="lead">${measure.description}${measure.unit && ` (${measure.unit})`}; mean and 95% interval over seeds and folds${best}</p>
<div class="scroll" role="region" aria-label="${measure.name} of all cells" tabindex="0"><table class="results cells">
<thead><tr><th scope="col">Cell</th>${rows.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${comparisonRows(joined).map(
    ({ run, cells }) => html`<tr><th scope="row"><a href="${linkOf(run.name)}">${run.name}</a></th>
${cells.map((cell) => {
  const text = cell === undefined ? '–' : measure.format(cell);
  return html`<td>${cell?.best ? html`<b>${text}</b>` : text}</td>`;
})}</tr>
`,
  )}</tbody></table></div>
</section>
`;
}
