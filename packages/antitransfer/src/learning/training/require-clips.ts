import { UserError } from '../../errors.js';
import type { Objective } from '../objectives/objective.js';
import type { Dataset } from './dataset.js';

/**
 * @param batch clips in a batch
 * @throws UserError when objectives look at clips or labels that are not there, several draw the target's clips, or one
 *   needs larger batches.
 */
export function requireClips(
  objectives: readonly Objective[],
  train: Dataset,
  auxiliary: Readonly<Record<string, Dataset>>,
  batch: number,
): void {
  for (const objective of objectives) {
    const { name, auxiliary: tasks = [], groups = [] } = objective;
    requireBatch(objective, batch);
    const clips = tasks.find((task) => auxiliary[task] === undefined);
    if (clips !== undefined) {
      throw new UserError(
        `The objective "${name}" looks at clips of the task "${clips}"; there are ${listOf(Object.keys(auxiliary))}.`,
      );
    }
    const labels = groups.find((task) => train.groups?.[task] === undefined);
    if (labels !== undefined) {
      throw new UserError(
        `The objective "${name}" looks at the labels of the task "${labels}" of the training clips; there are those of ` +
          `${listOf(Object.keys(train.groups ?? {}))}.`,
      );
    }
  }
  const drawing = objectives.filter(({ order }) => order !== undefined).map(({ name }) => `"${name}"`);
  if (drawing.length > 1) {
    throw new UserError(`${drawing.join(' and ')} each say how the training clips are drawn; leave one.`);
  }
}

/** @throws UserError when an objective's estimate is made of more clips than a batch has. */
export function requireBatch({ name, leastClips = 1 }: Objective, batch: number): void {
  if (batch >= leastClips) return;
  throw new UserError(
    `The objective "${name}" is an estimate over the batch that needs ${leastClips} clips or more; training.batch is ` +
      `${batch}. Raise it, or choose another objective.`,
  );
}

function listOf(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
