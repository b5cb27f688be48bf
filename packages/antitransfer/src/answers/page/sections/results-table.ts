import { spread } from '../../../analysis/statistics.js';
import { taskWord, theTask } from '../../../task-words.js';
import { intervalCoverage } from '../../coverage.js';
import { formatShare } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { selectionSentence } from '../../selection.js';
import type { MethodSummary } from '../../summary.js';
import type { Column } from '../../tables/column.js';
import { methodColumns } from '../../tables/columns.js';
import { conjunction, named, theTasks } from '../../tasks.js';
import { unchangedNote } from '../../unchanged.js';
import { interval } from './cells.js';
import { methodName, type Page, section } from './page.js';
import { scrollable } from './scrollable.js';
import { sidesTable } from './sides-table.js';

/** The table of all methods, and one of what is left of each orthogonal task. */
export function resultsTable(page: Page): Markup {
  const { results, summaries } = page;
  const columns = methodColumns(results, summaries);
  return section(
    'results',
    'Results',
    html`Test clips, mean ± standard deviation over runs. Gains are paired with the first row; intervals are of 95%. ${selectionSentence(results)} ${intervalCoverage(results)}`,
    html`${table(
      page,
      columns.filter(({ about }) => about === undefined),
    )}${taskTables(page, columns)}<p class="note">${notes(page)}</p>${sidesTable(page)}`,
  );
}

type MethodColumn = Column<MethodSummary>;

function table(page: Page, columns: readonly MethodColumn[]): Markup {
  return scrollable(
    html`aria-label="Accuracy and gain"`,
    html`<table class="results">
<thead><tr>
<th scope="col">Method</th>
${columns.map(head)}</tr></thead>
${body(page, columns)}
</table>`,
  );
}

/** A table a task, under its name: two beside each other would be wider than most screens. */
function taskTables(page: Page, all: readonly MethodColumn[]): Markup {
  return html`${page.results.tasks.map((task) => {
    const columns = all.filter(({ about }) => about === task.name);
    return scrollable(
      html`aria-label="What is left of ${theTask(task)}"`,
      html`<table class="results">
<thead><tr>
<td></td>
<th scope="colgroup" colspan="${columns.length}">${task.name}</th>
</tr><tr>
<th scope="col">Method</th>
${columns.map(head)}</tr></thead>
${body(page, columns)}
</table>`,
    );
  })}`;
}

function head({ heading, unit, symbol }: MethodColumn): Markup {
  return html`<th scope="col">${symbol ? html`<i>${heading}</i>` : heading}${unit !== '' && html` <small>${unit}</small>`}</th>
`;
}

function body(page: Page, columns: readonly MethodColumn[]): Markup {
  return html`<tbody>
${page.summaries.map((summary) => row(page, summary, columns))}</tbody>`;
}

function row(page: Page, summary: MethodSummary, columns: readonly MethodColumn[]): Markup {
  const { method } = summary;
  const best = page.verdict.method === method.id;
  return html`<tr${best && html` class="best"`}>
<th scope="row">${methodName(page, method)} <span class="tag">${origin(summary)}</span></th>
${columns.map(
  ({ id, format }) => html`<td${EMPHASISED.has(id) && html` class="${id}"`}>${interval(format(summary))}</td>
`,
)}</tr>
`;
}

/** Columns that the style sheet knows. */
const EMPHASISED: ReadonlySet<string> = new Set(['gain', 'interval']);

/** What the columns mean. */
function notes({ results, summaries }: Page): Markup {
  const { tasks } = results;
  const confounded = summaries.some(({ contradicting }) => contradicting !== undefined);
  const chances = tasks.map((task) => {
    const measured = summaries.flatMap((summary) => named(summary.tasks, task.name).probe.chance ?? []);
    return `${formatShare(spread(measured).mean ?? task.chance)}%${tasks.length > 1 ? ` (${taskWord(task)})` : ''}`;
  });
  const networks = tasks.length > 1 ? 'a task’s network' : `${theTasks(tasks)} network`;
  return html`<b>Effect</b>: the gain over its own deviation (Hedges’ g of pairs). <b>UAR</b>: mean recall of the classes. ${confounded && html`<b>Contradicting</b>: accuracy on the test clips whose ${tasks[0].name} goes against what training suggested. `}By chance, accuracy is ${formatShare(results.target.chance)}%. <b>CKA</b>: likeness to ${networks}, 0 to 1. <b>Probe</b>: how often a linear probe still reads ${theTasks(tasks)}; ${conjunction(chances)} by always naming the most frequent. <b>Worst</b>, <b>gap</b>: lowest accuracy in the ${results.target.column} of ${tasks.length > 1 ? 'a group' : `a ${tasks[0].name}`}, and highest less lowest. ${unchangedNote(results)}`;
}

/** Where a method comes from, in few words. */
function origin({ reference, method }: MethodSummary): string {
  if (reference) return 'reference';
  if (method.control) return 'control';
  const all = [...method.objectives, ...(method.correction ? [method.correction] : [])];
  const kinds = [...new Set(all.map(({ kind }) => kind.replaceAll('-', ' ')))].join(', ');
  if (method.own) return kinds === '' ? 'yours' : `yours: ${kinds}`;
  if (method.published) return 'as published';
  return isFromElsewhere(method) ? 'published elsewhere' : 'this toolkit’s';
}

/** Whether all that a method does was published by others, and none of it is anti-transfer. */
function isFromElsewhere({ objectives, correction, augmentation = [] }: MethodSummary['method']): boolean {
  const parts = [...objectives, ...(correction ? [correction] : []), ...augmentation];
  const isAntiTransfer = objectives.some(({ similarity }) => similarity !== null);
  return parts.length > 0 && !isAntiTransfer && parts.every(({ paper }) => !paper.startsWith('this toolkit'));
}
