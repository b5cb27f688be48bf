import { spread } from '../../../analysis/statistics.js';
import { repetitionName } from '../../../runs/plan/repetition-name.js';
import { taskWord, theTask } from '../../../task-words.js';
import type { MethodRow, StripFigure } from '../../charts/strip-figure.js';
import {
  formatInterval,
  formatPoints,
  formatShare,
  formatShareEstimate,
  formatUnitEstimate,
} from '../../format.js';
import { PairedRuns } from '../../pairs.js';
import type { ComparisonResults, OrthogonalTask } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import { named } from '../../tasks.js';
import { methodColours } from '../palette.js';
import { colourOf, type Page } from './page.js';
import { stripRow } from './strip-row.js';

/** What figures are made from. */
export type Measured = Pick<Page, 'results' | 'summaries' | 'colours'>;

/** What the report draws as strips: gain, accuracy, and of each orthogonal task the probe and the likeness. */
export interface StripFigures {
  readonly gain: StripFigure | undefined;
  readonly accuracy: StripFigure | undefined;
  readonly tasks: readonly {
    readonly name: string;
    readonly probe: StripFigure;
    readonly likeness: StripFigure;
  }[];
}

/** The report's strips as data, for pages that draw them by themselves. */
export function stripFigures(results: ComparisonResults, summaries: readonly MethodSummary[]): StripFigures {
  const measured = { results, summaries, colours: methodColours(results.methods) };
  return {
    gain: gainStrip(measured),
    accuracy: accuracyStrip(measured),
    tasks: results.tasks.map((task) => ({
      name: task.name,
      probe: probeStrip(measured, task),
      likeness: likenessStrip(measured, task),
    })),
  };
}

/** The gain of every method over the first; undefined without pairs. */
export function gainStrip(measured: Measured): StripFigure | undefined {
  const { results, summaries } = measured;
  const [reference] = results.methods;
  if (reference === undefined) return undefined;
  const paired = new PairedRuns(results);
  const rows = summaries.flatMap(({ method, gain }): MethodRow[] => {
    if (gain === undefined) return [];
    const row = {
      method: method.id,
      label: method.label,
      note: `${formatPoints(gain.mean)}  ${formatInterval(gain)}`,
      colour: colourOf(measured, method.id),
      hollow: method.control,
      runs: paired.between(method.id, reference.id).map(([run, partner]) => {
        const value = 100 * (run.test.accuracy - partner.test.accuracy);
        return { value, title: `${repetitionName(run)}: ${formatPoints(value)}` };
      }),
      mean: gain.mean,
      interval: gain.test?.interval,
    };
    return [row];
  });
  if (rows.length === 0) return undefined;
  const title = `Gain in accuracy over ${reference.label}`;
  return {
    id: 'gain',
    title,
    said: `${title}, percentage points`,
    axis: 'gain, percentage points of accuracy',
    rows,
    mark: { at: 0, label: reference.label },
    domain: [-5, 5],
  };
}

/** The accuracy of every method beside chance; undefined without runs. */
export function accuracyStrip(measured: Measured): StripFigure | undefined {
  const rows = tested(measured).map((summary) =>
    stripRow(measured, summary, { of: ({ test }) => test.accuracy, scale: 100, format: formatShareEstimate }),
  );
  if (rows.length === 0) return undefined;
  const { column, chance } = measured.results.target;
  const title = `How often the ${column} is right`;
  return {
    id: 'accuracy',
    title,
    said: `${title}, percent of test clips, chance ${formatShare(chance)}`,
    axis: 'accuracy on test clips, %',
    rows,
    mark: { at: 100 * chance, label: `chance ${formatShare(chance)}` },
    domain: [0, 100],
    limits: [0, 100],
  };
}

/** How well a probe still reads a task's label. */
export function probeStrip(measured: Measured, task: OrthogonalTask): StripFigure {
  const { name } = task;
  const chances = tested(measured).flatMap(({ tasks }) => named(tasks, name).probe.chance ?? []);
  const chance = 100 * (spread(chances).mean ?? 0);
  return {
    id: `probe-${name}`,
    title: `How well a linear probe reads ${theTask(task)}`,
    said: `Accuracy of a linear probe for ${theTask(task)} in percent, chance ${chance.toFixed(1)}`,
    axis: 'accuracy of the probe, %',
    rows: tested(measured).map((summary) =>
      stripRow(measured, summary, {
        of: (run) => named(run.tasks, name).probe.accuracy,
        scale: 100,
        format: formatShareEstimate,
      }),
    ),
    mark: { at: chance, label: `chance ${chance.toFixed(1)}` },
    domain: [0, 100],
    limits: [0, 100],
  };
}

/** How like a task's network the networks are. */
export function likenessStrip(measured: Measured, task: OrthogonalTask): StripFigure {
  const { name } = task;
  return {
    id: `likeness-${name}`,
    title: `Likeness to the ${taskWord(task)} network`,
    said: `CKA to the ${taskWord(task)} network, 0 to 1`,
    axis: 'CKA on test clips',
    rows: tested(measured).map((summary) =>
      stripRow(measured, summary, {
        of: (run) => named(run.tasks, name).cka,
        scale: 1,
        format: formatUnitEstimate,
      }),
    ),
    mark: { at: 0, label: 'nothing alike' },
    domain: [0, 1],
    limits: [0, 1],
  };
}

function tested({ summaries }: Measured): readonly MethodSummary[] {
  return summaries.filter(({ n }) => n > 0);
}
