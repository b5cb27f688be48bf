import { accuracyByGroup } from '../analysis/scores.js';
import type { ComparisonResults, Prediction, RunResult, TaskResult } from './results.js';
import { type GroupsSummary, summariseGroups } from './summary.js';

/** Accuracy on the clips of each label; clips without one are left out. */
export function accuraciesByLabel(
  predictions: readonly Prediction[],
  labelOf: (prediction: Prediction) => string | undefined,
): TaskResult['groups'] {
  const labelled = predictions.flatMap((prediction) => {
    const label = labelOf(prediction);
    return label === undefined ? [] : [{ ...prediction, label }];
  });
  if (labelled.length === 0) return [];
  return accuracyByGroup(labelled, ({ label }) => label).groups;
}

/** For whom a method works, run by run and over all runs. */
export interface MethodGroups extends GroupsSummary {
  /** The method's id. */
  readonly method: string;
  readonly runs: readonly (Pick<RunResult, 'seed' | 'fold'> & Pick<TaskResult, 'groups'>)[];
}

/**
 * For whom each method works: accuracy in the target by any label of the test clips, in the order of the methods. By the column
 * of an orthogonal task it is what {@link summarise} says of that task.
 */
export function groupsByLabel(
  results: ComparisonResults,
  labelOf: (prediction: Prediction) => string | undefined,
): readonly MethodGroups[] {
  return results.methods.map(({ id }) => {
    const runs = results.runs
      .filter(({ method }) => method === id)
      .map(({ seed, fold, splitSeed, predictions }) => ({
        seed,
        ...(fold !== undefined && { fold }),
        ...(splitSeed !== undefined && { splitSeed }),
        groups: accuraciesByLabel(predictions, labelOf),
      }));
    return { method: id, runs, ...summariseGroups(results, runs, (run) => run) };
  });
}
