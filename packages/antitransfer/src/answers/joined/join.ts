import { UserError } from '../../errors.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { nearest } from '../../nearest.js';
import { BeyondSeeds } from '../beyond-seeds.js';
import { PairedRuns } from '../pairs.js';
import type { ComparisonResults, RunResult, TaskResult } from '../results.js';
import { type ModelSelection, selectionOf } from '../selection.js';
import { difference, type Estimate, summarise } from '../summary.js';
import { looksOfMethod, type MethodLooks } from './looks.js';
import { estimateMeasure, type JoinedMeasure } from './measures.js';

/** With fewer pairs no method is called the best, as nothing is called a finding. */
const MINIMUM_PAIRS = 3;

/** A finished comparison, and what it is called beside others. */
export interface NamedResults {
  readonly name: string;
  readonly results: ComparisonResults;
}

/** One measure of many comparisons: methods by comparisons. */
export interface JoinedTable {
  readonly measure: JoinedMeasure;
  readonly runs: readonly JoinedRun[];
  readonly rows: readonly JoinedRow[];
  /** What weakens it: a sentence each. */
  readonly notes: readonly string[];
}

/** A comparison, as a column. */
export interface JoinedRun {
  readonly name: string;
  readonly target: string;
  /** The orthogonal task that the measure is of, or the first. */
  readonly task: string | undefined;
  readonly split: string;
  /** By what, and by which clips, models were chosen. */
  readonly selection: ModelSelection;
  /** Accuracy in the target by chance, in [0, 1]. */
  readonly chance: number;
  /** Seeds, or folds of them. */
  readonly repetitions: number;
}

/** A method, by its id; or what others reported, or which method is chosen beside that. */
export interface JoinedRow {
  readonly id: string;
  readonly label: string;
  readonly control: boolean;
  /** By the runs of the table; undefined where a comparison does not have the method, and of what others reported. */
  readonly looks: readonly (MethodLooks | undefined)[];
  /** By the runs of the table; undefined where a comparison does not have the method, or did not measure it. */
  readonly cells: readonly (JoinedCell | undefined)[];
}

/** What others reported is of no runs (`n` 0) of these comparisons. */
export interface JoinedCell extends Estimate {
  /** Whether it is shown to be better than every other method of the comparison that is no control. */
  readonly best: boolean;
}

/**
 * Joins comparisons in one table of a measure. A method is the best of a comparison only where its difference from each other
 * one has a 95% interval (paired, as gains are) on its side of zero, over three pairs or more.
 *
 * @param task an orthogonal task by name, for measures that are about one; each comparison's first when absent
 * @throws UserError when no comparison has the task, or results are not as they must be
 */
export function joinResults(
  all: readonly NamedResults[],
  measure: JoinedMeasure,
  task?: string,
): JoinedTable {
  requireTask(all, task);
  const columns = all.map((one) => columnOf(one, measure, task));
  const methods = groupBy(
    all.flatMap(({ results }) => results.methods),
    ({ id }) => id,
  );
  const rows = [...methods].map(([id, same]): JoinedRow => {
    const { label, control } = itemAt(same, 0);
    const looks = all.map(({ results }) => looksIn(results, id));
    return { id, label, control, looks, cells: columns.map(({ cells }) => cells.get(id)) };
  });
  return {
    measure,
    runs: columns.map(({ run }) => run),
    rows,
    notes: otherwiseSet(all, [...methods.keys()]),
  };
}

function looksIn(results: ComparisonResults, id: string): MethodLooks | undefined {
  const method = results.methods.find((one) => one.id === id);
  return method && looksOfMethod(method, results);
}

function requireTask(all: readonly NamedResults[], task: string | undefined): void {
  const names = [...new Set(all.flatMap(({ results }) => results.tasks.map(({ name }) => name)))];
  if (task === undefined || names.includes(task)) return;
  throw new UserError(
    `No comparison has an orthogonal task "${task}"; there are ${names.join(', ')}.${nearest(task, names)}`,
  );
}

function columnOf(
  { name, results }: NamedResults,
  measure: JoinedMeasure,
  task: string | undefined,
): { readonly run: JoinedRun; readonly cells: ReadonlyMap<string, JoinedCell> } {
  const about =
    task === undefined ? results.tasks[0].name : results.tasks.find((one) => one.name === task)?.name;
  const measured = (run: RunResult) => measure.ofRun(run, taskOf(run, about));
  const paired = new PairedRuns(results);
  const beyond = new BeyondSeeds(results);
  const estimates = new Map<string, Estimate>();
  for (const summary of summarise(results)) {
    const { id } = summary.method;
    const estimate = estimateMeasure(
      measure,
      { results, beyond, task: about },
      summary,
      paired.of(id),
      measured,
    );
    if (estimate !== undefined) estimates.set(id, estimate);
  }
  const best = bestOf(results, paired, measure, measured, estimates);
  const { target, split, repetitions } = results;
  return {
    run: {
      name,
      target: target.column,
      task: about,
      split: split.description,
      selection: selectionOf(results),
      chance: target.chance,
      repetitions: repetitions.done,
    },
    cells: new Map([...estimates].map(([id, estimate]) => [id, { ...estimate, best: id === best }])),
  };
}

function taskOf({ tasks }: RunResult, name: string | undefined): TaskResult | undefined {
  return tasks.find((task) => task.name === name);
}

/** The method that is shown to be better than every other; undefined where none is. */
function bestOf(
  results: ComparisonResults,
  paired: PairedRuns,
  { better }: JoinedMeasure,
  measured: (run: RunResult) => number | undefined,
  estimates: ReadonlyMap<string, Estimate>,
): string | undefined {
  if (better === undefined) return undefined;
  const sign = better === 'higher' ? 1 : -1;
  const ids = results.methods.flatMap(({ id, control }) =>
    control || paired.of(id).length === 0 ? [] : [id],
  );
  const isAhead = (id: string, other: string) => {
    const found = difference(results, paired, id, other, (run) => sign * (measured(run) ?? Number.NaN));
    return found !== undefined && found.n >= MINIMUM_PAIRS && (found.test?.interval[0] ?? 0) > 0;
  };
  return ids.find(
    (id) => estimates.has(id) && ids.length > 1 && ids.every((other) => other === id || isAhead(id, other)),
  );
}

/** That a method of one name is not the same in all comparisons. */
function otherwiseSet(all: readonly NamedResults[], ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const forms = new Map<string, string>();
    for (const { name, results } of all) {
      const entry = entryOf(results, id);
      if (entry !== undefined && !forms.has(entry)) forms.set(entry, name);
    }
    if (forms.size < 2) return [];
    return [
      `“${id}” is set otherwise in ${[...forms.values()].join(' and ')}: one row, and several methods.`,
    ];
  });
}

/** A method as the comparison's configuration has it: its name, or all of it. */
function entryOf({ config, methods }: ComparisonResults, id: string): string | undefined {
  if (!methods.some((method) => method.id === id) || !Array.isArray(config.methods)) return undefined;
  const entries: readonly unknown[] = config.methods;
  const found = entries.find(
    (entry) =>
      entry === id || (typeof entry === 'object' && entry !== null && 'id' in entry && entry.id === id),
  );
  return found === undefined ? undefined : canonicalJson(found);
}
