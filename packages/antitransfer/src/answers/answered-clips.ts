import { itemAt } from '../lookup.js';
import type { ComparisonResults, Prediction, RunResult } from './results.js';

/** What one training said of a clip. */
export interface ClipAnswer extends Pick<RunResult, 'method' | 'seed' | 'fold'> {
  readonly said: string;
  /** What it gave that class, in [0, 1]. */
  readonly confidence: number;
}

/** A test clip with what every training said of it that was tested on it. */
export interface AnsweredClip {
  readonly id: string;
  readonly truth: string;
  /** By column: those of the orthogonal tasks, and that by which the split keeps clips together. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of the runs. */
  readonly answers: readonly ClipAnswer[];
}

/** Each test clip of a comparison once, in the order in which runs name them. */
export function answeredClips(results: ComparisonResults): AnsweredClip[] {
  const clips = new Map<string, AnsweredClip & { readonly answers: ClipAnswer[] }>();
  for (const { method, seed, fold, predictions } of results.runs) {
    for (const prediction of predictions) {
      const { clip, truth, predicted, probabilities } = prediction;
      const found = clips.get(clip) ?? {
        id: clip,
        truth,
        labels: labelsOf(results, prediction),
        answers: [],
      };
      clips.set(clip, found);
      const confidence = itemAt(probabilities, results.target.classes.indexOf(predicted));
      found.answers.push({ method, seed, ...(fold !== undefined && { fold }), said: predicted, confidence });
    }
  }
  return [...clips.values()];
}

/** What results know of a clip beside its target, by column. */
function labelsOf({ tasks, split }: ComparisonResults, { orthogonal, group }: Prediction) {
  const ofTasks = tasks.flatMap(({ name, column }) => {
    const label = Object.hasOwn(orthogonal, name) ? orthogonal[name] : undefined;
    return label === undefined ? [] : [[column, label] as const];
  });
  const ofGroups = split.groups === undefined || group === undefined ? [] : [[split.groups, group] as const];
  return Object.fromEntries([...ofTasks, ...ofGroups]);
}
