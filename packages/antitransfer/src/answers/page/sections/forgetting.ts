import { spread } from '../../../analysis/statistics.js';
import { responsiveChart } from '../../charts/plot.js';
import { type StripOptions, type StripRow, stripChart } from '../../charts/strip.js';
import { formatShares, formatUnit, formatUnits } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { OrthogonalTask, RunResult } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import { named, taskLabel, theTasks } from '../../tasks.js';
import { colourOf, type Page, runsOf, section } from './page.js';

/** What the network still knows of the orthogonal labels: the probe against chance, and CKA, task by task. */
export function forgettingSection(page: Page): Markup | undefined {
  const measured = page.summaries.filter((summary) => summary.n > 0);
  if (measured.length === 0) return undefined;
  const { results } = page;
  const { tasks } = results;
  const [single] = tasks;
  return section(
    'forgetting',
    `Did it forget ${theTasks(results, tasks)}?`,
    tasks.length === 1
      ? html`Further left: ${theTasks(results, tasks)} is read less well by the probe, and the network is less like the ${taskLabel(results, single)} network. ${HOW_TO_READ} ${before(page, single)}`
      : html`Further left: a label is read less well by its probe, and the network is less like the network of that label. ${HOW_TO_READ}`,
    html`${tasks.map((task) => taskFigures(page, task, measured))}`,
  );
}

const HOW_TO_READ =
  'CKA is what penalties of that name push down, so only the probe is independent evidence of them, and neither says ' +
  'what the network relies on. A small dot is one run; the bar is one standard deviation to either side of the mean.';

function before({ results }: Page, task: OrthogonalTask): Markup | undefined {
  const { cka, threshold } = task.removable;
  const { mean } = spread(cka);
  if (mean === undefined) return undefined;
  return html`Without a penalty, CKA to the ${taskLabel(results, task)} network was ${formatUnit(mean)}; below ${formatUnit(threshold)}, by rule of thumb, there is little to remove.`;
}

function taskFigures(page: Page, task: OrthogonalTask, measured: readonly MethodSummary[]): Markup {
  const { results } = page;
  const { name, removable } = task;
  const label = taskLabel(results, task);
  const several = results.tasks.length > 1;
  const summaries = measured.map((summary) => named(summary.tasks, name));
  const chance = 100 * (spread(summaries.flatMap(({ probe }) => probe.chance ?? [])).mean ?? 0);
  const probe = measured.map((summary, index) =>
    row(
      page,
      summary,
      formatShares(summaries[index]?.probe.accuracy),
      (run) => 100 * named(run.tasks, name).probe.accuracy,
    ),
  );
  const likeness = measured.map((summary, index) =>
    row(page, summary, formatUnits(summaries[index]?.cka), (run) => named(run.tasks, name).cka),
  );
  return html`${
    several &&
    html`<h3>The ${label}</h3>
<p class="lead">${penalties(page, task)} ${before(page, task)}</p>`
  }${figure(`How well a linear probe reads the ${label}`, {
    label: describe(
      `Accuracy of a linear probe for the ${label} in percent, chance ${chance.toFixed(0)}.`,
      probe,
    ),
    axis: 'accuracy of the probe, %',
    rows: probe,
    mark: { at: chance, label: 'chance' },
    domain: [0, 100],
  })}
${figure(`Likeness to the ${label} network`, {
  label: describe(`CKA to the ${label} network, 0 to 1.`, likeness),
  axis: 'CKA',
  rows: likeness,
  mark: { at: removable.threshold, label: 'little to remove' },
  domain: [0, 1],
})}`;
}

/** Which methods are to forget this task. */
function penalties({ results }: Page, { name }: OrthogonalTask): string {
  const labels = results.methods.filter(({ forgets }) => forgets.includes(name)).map(({ label }) => label);
  return labels.length === 0
    ? 'No method has a penalty on it.'
    : `With a penalty on it: ${labels.join('; ')}.`;
}

function figure(title: string, options: Omit<StripOptions, 'width'>): Markup {
  return html`<figure><figcaption>${title}</figcaption>${responsiveChart((width) => stripChart({ ...options, width }))}</figure>`;
}

function row(
  page: Page,
  summary: MethodSummary,
  note: string,
  measure: (run: RunResult) => number,
): StripRow {
  const values = runsOf(page, summary.method.id).map(measure);
  const { mean, deviation } = spread(values);
  const interval =
    mean === undefined || deviation === undefined
      ? undefined
      : ([mean - deviation, mean + deviation] as const);
  return {
    label: summary.method.label,
    note,
    colour: colourOf(page, summary.method.id),
    hollow: summary.method.control,
    values,
    mean,
    interval,
  };
}

function describe(what: string, rows: readonly StripRow[]): string {
  return `${what} ${rows.map((row) => `${row.label}: ${row.note}`).join('; ')}.`;
}
