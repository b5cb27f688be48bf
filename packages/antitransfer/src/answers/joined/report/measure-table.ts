import { html, type Markup } from '../../markup.js';
import { interval } from '../../page/sections/cells.js';
import { scrollable } from '../../page/sections/scrollable.js';
import type { JoinedRow, JoinedTable } from '../join.js';
import { differingLooks, inAll, looksInShort } from '../looks-text.js';
import { joinedLegend } from '../text.js';

/** A joined table on a page, the best of a comparison in bold, and below it what it means. */
export function measureTable(table: JoinedTable): Markup {
  const { measure, runs, rows, notes } = table;
  const [what = ''] = joinedLegend(table, 'Bold');
  return html`${scrollable(
    html`aria-label="${measure.name} by method and comparison"`,
    html`<table class="results joined">
<thead><tr><th scope="col">Method</th>
${runs.map(
  ({
    name,
  }) => html`<th scope="col">${name}${measure.unit !== '' && html` <small>${measure.unit}</small>`}</th>
`,
)}</tr></thead>
<tbody>${rows.map((row) => bodyRow(row, table))}</tbody></table>`,
  )}<p class="note">${what}${aboutTasks(table)}</p>${[...differingLooks(table, looksInShort), ...notes].map((note) => html`<p class="note">${note}</p>`)}`;
}

function bodyRow(row: JoinedRow, { measure }: JoinedTable): Markup {
  return html`<tr><th scope="row">${row.label}${row.control && ' (control)'} <span class="tag">${looks(row)}</span></th>
${row.cells.map((cell) => {
  if (cell === undefined) return html`<td>–</td>`;
  const text = interval(measure.format(cell));
  return html`<td>${cell.best ? html`<b>${text}</b>` : text}</td>`;
})}</tr>
`;
}

/** Which labels a method knows beside those of the target, and whether it learns from validation clips. */
function looks(row: JoinedRow): string {
  return row.looks.every((one) => one === undefined) ? 'reported' : inAll(row.looks, looksInShort);
}

/** Which orthogonal task a measure is of, where comparisons have several or others. */
function aboutTasks({ runs }: JoinedTable): string {
  const tasks = new Set(runs.map(({ task }) => task));
  if (tasks.size < 2) return '';
  return ` Of orthogonal tasks: ${runs.map(({ name, task }) => `${name} ${task ?? '–'}`).join(', ')}.`;
}
