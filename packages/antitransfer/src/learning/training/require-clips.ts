import { UserError } from '../../errors.js';
import type { Objective } from '../objectives/objective.js';
import type { Dataset } from './dataset.js';

/**
 * @throws UserError when objectives look at clips or labels that are not there, or several draw the target's clips.
 */
export function requireClips(
  objectives: readonly Objective[],
  train: Dataset,
  auxiliary: Readonly<Record<string, Dataset>>,
): void {
  for (const { name, auxiliary: tasks = [], groups = [] } of objectives) {
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

function listOf(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
