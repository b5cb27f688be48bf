import { formatPoints, formatShareEstimate } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { OrthogonalTask } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import { named } from '../../tasks.js';
import { interval } from './cells.js';
import { methodName, type Page, section } from './page.js';
import { scrollable } from './scrollable.js';

/** More groups than this make a table that nobody reads: the best and the worst are shown. */
const MOST_GROUPS = 24;

/** How well the target is told in each group of an orthogonal task, the worst, and the gap. */
export function groupsSection(page: Page): Markup | undefined {
  const { results, summaries } = page;
  const tables = results.tasks.flatMap((task) => {
    const tested = summaries.filter(({ tasks }) => named(tasks, task.name).groups.length > 1);
    return tested.length === 0 ? [] : [table(page, task, tested)];
  });
  if (tables.length === 0) return undefined;
  return section(
    'groups',
    'For whom does it work?',
    html`Accuracy in the ${results.target.column} on the test clips of each group, in percent: the mean over runs, with its 95% confidence interval. “Worst” is the lowest accuracy of a group in each run, “gap” the highest less the lowest: groups that are equally hard differ too, by luck, and the more the fewer clips they have.`,
    html`${tables}`,
  );
}

function table(page: Page, task: OrthogonalTask, tested: readonly MethodSummary[]): Markup {
  const { name } = task;
  const [first] = tested;
  const groups = first === undefined ? [] : named(first.tasks, name).groups;
  const order = groups.toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
  const shown =
    groups.length <= MOST_GROUPS
      ? groups
      : [...order.slice(0, MOST_GROUPS / 2), ...order.slice(-MOST_GROUPS / 2)];
  const missing = groups.length - shown.length;
  const summaryRow = (heading: string, cell: (summary: MethodSummary) => Markup): Markup =>
    html`<tr class="summary"><th scope="row">${heading}</th><td></td>${tested.map((summary) => html`<td>${cell(summary)}</td>`)}</tr>
`;
  const accuracies = html`<table class="results groups">
<thead><tr>
<th scope="col">${name}</th><th scope="col">Clips <small>all runs</small></th>
${tested.map(
  ({ method }) => html`<th scope="col">${methodName(page, method)}</th>
`,
)}</tr></thead>
<tbody>
${shown.map(
  ({ group, count }) => html`<tr><th scope="row">${group}</th><td>${count}</td>${tested.map((summary) => {
    const own = named(summary.tasks, name).groups.find((found) => found.group === group);
    return html`<td>${interval(formatShareEstimate(own?.accuracy))}</td>`;
  })}</tr>
`,
)}${summaryRow('worst', ({ tasks }) => interval(formatShareEstimate(named(tasks, name).worst)))}${summaryRow(
  'gap, points',
  ({ tasks }) => interval(formatShareEstimate(named(tasks, name).gap)),
)}</tbody>
</table>`;
  return html`${scrollable(html`aria-label="Accuracy by ${name}"`, accuracies)}${missing > 0 && html`<p class="note">The ${MOST_GROUPS / 2} worst and the ${MOST_GROUPS / 2} best of ${groups.length}, by the first method; results.json has all.</p>`}${worstNamed(task, tested)}`;
}

/** Which group is the worst with each method, by the mean over runs, and how far it is from the mean of all clips. */
function worstNamed(task: OrthogonalTask, tested: readonly MethodSummary[]): Markup {
  const worst = tested.map(({ method, tasks, accuracy }) => {
    const [lowest] = named(tasks, task.name).groups.toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
    const behind = 100 * ((lowest?.accuracy.mean ?? 0) - (accuracy.mean ?? 0));
    return `“${method.label}” ${lowest?.group} (${formatPoints(behind)} points to its mean)`;
  });
  return html`<p class="note"><b>Worst ${task.name}</b>, by the mean over runs: ${worst.join('; ')}.</p>`;
}
