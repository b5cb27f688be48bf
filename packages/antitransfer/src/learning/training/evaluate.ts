import type { Tensor } from 'onnx-autograd';
import { itemAt } from '../../lookup.js';
import { argmax } from '../../numbers/argmax.js';
import { float32Of } from '../../numbers/float32.js';
import { mean } from '../../numbers/mean.js';
import { type Dataset, gatherLabels, sizeOf } from './dataset.js';
import { batchesInOrder } from './read-ahead.js';
import { RowCollector } from './rows.js';
import type { EvaluationSession } from './session.js';

/** A network's answers on clips, and how good they are. */
export interface Evaluation {
  /** Mean over clips, in nats. */
  readonly crossEntropy: number;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** `clips x classes`, row after row. */
  readonly probabilities: Float32Array;
  /**
   * Feature maps at the observed taps averaged over time and frequency: `clips x channels`, row after row, the channels
   * of one tap after another's.
   */
  readonly maps: Float32Array;
  /** Of all observed taps. */
  readonly channels: number;
}

/**
 * Runs the session's `evaluate` program over all clips of a dataset.
 *
 * @param observed the clips whose maps are kept, in ascending order; all when absent
 *
 * @throws MissingFeaturesError when features on disk are no longer there.
 */
export async function evaluate(
  session: EvaluationSession,
  data: Dataset,
  batch: number,
  observed?: readonly number[],
): Promise<Evaluation> {
  const count = sizeOf(data);
  const kept = observed && new Set(observed);
  const collected = {
    crossEntropy: new RowCollector(count),
    probabilities: new RowCollector(count),
    maps: new RowCollector(observed?.length ?? count),
  };
  for await (const { clips, features } of batchesInOrder(data, batch)) {
    const answers = await session.run('evaluate', {
      features,
      labels: gatherLabels(data.labels, clips),
    });
    collected.crossEntropy.add(float32Of(answers.crossEntropy), clips.length);
    collected.probabilities.add(float32Of(answers.probabilities), clips.length);
    const rows = kept ? clips.flatMap((clip, row) => (kept.has(clip) ? [row] : [])) : [...clips.keys()];
    if (rows.length > 0) collected.maps.add(rowsOf(answers.maps, rows), rows.length);
  }
  const { data: probabilities, size: classes } = collected.probabilities;
  const { data: maps, size: channels } = collected.maps;
  const right = Array.from(data.labels, (label, row) =>
    argmax(probabilities.subarray(row * classes, (row + 1) * classes)) === label ? 1 : 0,
  );
  return {
    crossEntropy: mean(collected.crossEntropy.data),
    accuracy: mean(right),
    probabilities,
    maps,
    channels,
  };
}

/**
 * Mean over the classes among the labels of the part that was recognised, in [0, 1]: balanced accuracy, UAR.
 *
 * @param probabilities `clips x classes`, row after row
 */
export function meanRecall(labels: Int32Array, probabilities: Float32Array): number {
  const classes = probabilities.length / labels.length;
  const hits = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const said = argmax(probabilities.subarray(row * classes, (row + 1) * classes));
    const ofClass = hits.get(label) ?? [];
    hits.set(label, ofClass);
    ofClass.push(said === label ? 1 : 0);
  }
  return mean([...hits.values()].map(mean));
}

/**
 * Accuracy of the worst pair of class and group among the clips, in [0, 1] (as WILDS chooses, arXiv 2012.07421).
 *
 * @param probabilities `clips x classes`, row after row
 * @param groups of each clip; clips with one below 0 are in none, and left out
 */
export function worstGroupAccuracy(
  labels: Int32Array,
  probabilities: Float32Array,
  groups: Int32Array,
): number {
  const classes = probabilities.length / labels.length;
  const pairs = new Map<string, number[]>();
  for (const [row, label] of labels.entries()) {
    const group = itemAt(groups, row);
    if (group < 0) continue;
    const said = argmax(probabilities.subarray(row * classes, (row + 1) * classes));
    const ofPair = pairs.get(`${label} ${group}`) ?? [];
    pairs.set(`${label} ${group}`, ofPair);
    ofPair.push(said === label ? 1 : 0);
  }
  return Math.min(...[...pairs.values()].map(mean));
}

/** Some rows of a tensor, in ascending order, one after another. */
function rowsOf(tensor: Tensor, rows: readonly number[]): Float32Array {
  const data = float32Of(tensor);
  const count = itemAt(tensor.dims, 0);
  if (rows.length === count) return data;
  const size = data.length / count;
  const picked = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) picked.set(data.subarray(row * size, (row + 1) * size), i * size);
  return picked;
}
