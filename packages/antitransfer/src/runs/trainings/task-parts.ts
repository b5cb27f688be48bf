import type { Network } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { type Dataset, encodeLabels } from '../../learning/training/dataset.js';
import { type ClipLoader, labelsOf } from '../data/load-clips.js';
import type { TargetJob } from '../store/job.js';

/** What objectives of a training look at of an orthogonal task; absent what none of them does. */
export interface TaskParts {
  /** Within the training. Some random numbers are drawn by it, so it is made from the job, where tasks have no name. */
  readonly name: string;
  readonly classes: number;
  readonly frozen: Network | undefined;
  /** The clips that the task's network learned from. */
  readonly clips: Dataset | undefined;
  /** Each training clip's class. */
  readonly groups: Int32Array | undefined;
}

/** Loads what a training needs of its orthogonal tasks, in the job's order. */
export async function loadTasks(job: TargetJob, loader: ClipLoader): Promise<TaskParts[]> {
  const { store } = loader;
  const names = namesOf(job.tasks.map(({ column }) => column));
  const tasks: TaskParts[] = [];
  for (const [i, { column, classes, network, clips, groups }] of job.tasks.entries()) {
    tasks.push({
      name: names[i] ?? column,
      classes: classes.length,
      frozen:
        network === null
          ? undefined
          : standardised(await loadNetwork(store.job(network).network), loader.standardisation),
      clips: clips === null ? undefined : await loader.load(clips, column, classes),
      groups:
        groups === null
          ? undefined
          : encodeLabels(labelsOf(await store.set(groups), column), classes, column),
    });
  }
  return tasks;
}

/** The columns, told apart by their position where two are the same. */
function namesOf(columns: readonly string[]): string[] {
  return columns.map((column, i) => (columns.indexOf(column) === i ? column : `${column} (${i + 1})`));
}
