import { mean } from '../../numbers/mean.js';
import { type TaskName, taskWord, theTask } from '../../task-words.js';
import { conjunction } from '../tasks.js';
import { type LayerMeasure, layerMean, layerNetworks } from './measures.js';
import type { LayerResults } from './results.js';

/** A task as it is shown, with the tasks whose networks control its likeness. */
export interface ShownTask extends TaskName {
  /** Tasks of the same label whose probes read the same clips, so that they say the same: these are shown once, here. */
  readonly alike: readonly TaskName[];
  /** Tasks of the comparison to whose networks the likeness is shown beside that to its own: of the same label, then of others. */
  readonly beside: readonly TaskName[];
}

/** A row of numbers over taps: of a network, or of what its likeness is to be compared with. */
export interface LayerRow {
  /** Where it stands below its network. */
  readonly label: string;
  /** Where it stands alone. */
  readonly name: string;
  /**
   * - `chance`: the same where there can be no likeness: clips shuffled, the frozen network untrained
   * - `network`: to the network of another task of the comparison
   */
  readonly control?: 'chance' | 'network';
  readonly value: (tap: string) => number | undefined;
}

/**
 * The tasks of an analysis, those that differ in their networks only together. Of each other label one task is beside, the
 * first: its further networks control its own.
 */
export function shownTasks(results: LayerResults): ShownTask[] {
  const tasks = results.tasks.map((name, i): TaskName => ({ name, column: results.columns?.[i] ?? name }));
  const firsts = tasks.filter(
    (task, i) => !tasks.slice(0, i).some((first) => areAlike(results, first, task)),
  );
  return firsts.map((task) => {
    const own = tasks.filter(({ name, column }) => name !== task.name && column === task.column);
    const others = firsts.filter(
      ({ column }, i) => column !== task.column && firsts.findIndex((first) => first.column === column) === i,
    );
    return {
      ...task,
      alike: own.filter((one) => !firsts.includes(one)),
      beside: [...own, ...others],
    };
  });
}

function areAlike({ results }: LayerResults, one: TaskName, other: TaskName): boolean {
  if (one.column !== other.column) return false;
  const read = (name: string) =>
    JSON.stringify(results.filter(({ task }) => task === name).map(({ linear, mlp }) => [linear, mlp]));
  const isRead = results.some(({ task, linear, mlp }) => task === one.name && (linear ?? mlp) !== undefined);
  return isRead && read(one.name) === read(other.name);
}

/** What tasks that are shown together have in common; undefined of one that is alone. */
export function alikeSentence({ alike, ...task }: ShownTask): string | undefined {
  if (alike.length === 0) return undefined;
  const [have, networks] = alike.length === 1 ? ['has', 'its network'] : ['have', 'their networks'];
  return `${conjunction(alike.map(taskWord))} ${have} the label and the clips of ${theTask(task)}: probes read the same, and the likeness to ${networks} stands below that to the ${taskWord(task)} network.`;
}

/** A measure of every network over taps; of a likeness each network's controls below it. */
export function layerRows(results: LayerResults, task: ShownTask, measure: LayerMeasure): LayerRow[] {
  const { controls = [] } = measure;
  return layerNetworks(results).flatMap(({ id, label }) => {
    const row = (name: string, of: LayerMeasure['of'], about: string): Omit<LayerRow, 'control'> => ({
      label: `· ${name}`,
      name: `${label}, ${name}`,
      value: (tap) => layerMean(results, { of }, { method: id, task: about, tap }),
    });
    const rows: LayerRow[] = [
      ...controls.map(({ name, of }) => ({ ...row(name, of, task.name), control: 'chance' as const })),
      ...(controls.length === 0 ? [] : task.beside).map((other) => ({
        ...row(`${taskWord(other)} network`, measure.of, other.name),
        control: 'network' as const,
      })),
    ];
    return [
      { ...row(label, measure.of, task.name), label, name: label },
      ...rows.filter(({ value }) => results.taps.some((tap) => value(tap) !== undefined)),
    ];
  });
}

/** The controls where there can be no likeness, each as one row: the mean over the networks that are trained. */
export function meanControls(
  results: LayerResults,
  task: TaskName,
  { controls = [] }: LayerMeasure,
): LayerRow[] {
  const networks = layerNetworks(results);
  const trained = networks.filter(({ id }) => id !== null);
  const rows = controls.map(({ name, of }): LayerRow => {
    const value = (tap: string) => {
      const values = (trained.length > 0 ? trained : networks).flatMap(
        ({ id }) => layerMean(results, { of }, { method: id, task: task.name, tap }) ?? [],
      );
      return values.length === 0 ? undefined : mean(values);
    };
    return { label: name, name, control: 'chance', value };
  });
  return rows.filter(({ value }) => results.taps.some((tap) => value(tap) !== undefined));
}
