import { comparisonRows } from '../joined/by-comparison.js';
import { choiceSentences } from '../joined/choice-text.js';
import { chooseByValidation } from '../joined/choose.js';
import { type JoinedTable, joinResults, type NamedResults } from '../joined/join.js';
import { joinedMeasures } from '../joined/measures.js';
import { html, type Markup } from '../markup.js';
import { documentOf } from '../page/document.js';
import { summarise } from '../summary.js';
import { judge } from '../verdict/verdict.js';

/**
 * `index.html` of a sweep: the cells with their accuracies and verdicts, each a link to its report. The same results always
 * give the same page.
 *
 * @param missing names of cells that have no results
 * @param linkOf where a cell's report is, from the page
 */
export function renderSweep(
  finished: readonly NamedResults[],
  missing: readonly string[],
  linkOf: (cell: string) => string,
): string {
  const all = finished.length + missing.length;
  const choice = chooseByValidation(finished);
  return documentOf(
    `Sweep: ${finished.length} of ${all} comparisons`,
    html`<h1 class="verdict">${finished.length} of ${all} comparisons are finished</h1>
${choice && html`<p class="lead">${choiceSentences(choice).join(' ')}</p>`}
${finished.length > 0 && tables(finished, linkOf)}
${missing.length > 0 && html`<p class="note">Not finished: ${missing.join(', ')}.</p>`}`,
  );
}

function tables(finished: readonly NamedResults[], linkOf: (cell: string) => string): Markup {
  const verdicts = finished.map(({ results }) => judge(results, summarise(results)).sentence);
  return html`${[joinedMeasures.find('accuracy'), joinedMeasures.find('gain')].map((measure) =>
    table(joinResults(finished, measure), linkOf),
  )}
<section aria-labelledby="verdicts">
<h2 id="verdicts">Verdicts</h2>
<ul>${finished.map(
    ({ name }, at) => html`<li><a href="${linkOf(name)}">${name}</a>: ${verdicts[at]}</li>
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
<div class="scroll" role="region" aria-label="${measure.name} of all cells" tabindex="0"><table class="results">
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
