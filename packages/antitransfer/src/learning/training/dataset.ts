import type { Tensor } from 'onnx-autograd';
import type { ClipFeatures } from '../../data/features/store/clip-features.js';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';

/** Features and labels of clips, to be read in batches: features are in memory or on disk. */
export interface Dataset {
  /** Raw, a row a clip: the network standardises them itself. */
  readonly features: ClipFeatures;
  /** Each clip's class, from 0. */
  readonly labels: Int32Array;
  /**
   * Each clip's class of orthogonal tasks, by the task's name: of training clips for objectives that look at them, of validation
   * clips for the choice by the worst group, where a clip without a label has -1.
   */
  readonly groups?: Readonly<Record<string, Int32Array>>;
}

/**
 * Features with a label each.
 *
 * ```ts
 * const train = labelled(memoryFeatures([1, 126, 129], data), encodeLabels(digits, classes, 'digit'));
 * ```
 *
 * @throws UserError when there are not as many labels as rows.
 */
export function labelled(features: ClipFeatures, labels: Int32Array): Dataset {
  if (features.count === labels.length) return { features, labels };
  throw new UserError(
    `There are ${features.count} rows of features and ${labels.length} labels: each row needs one.`,
  );
}

/** The number of clips. */
export function sizeOf(data: Dataset): number {
  return data.labels.length;
}

/** Features of some clips as `(batch, channels, frames, bins)`. */
export async function readFeatures({ features }: Dataset, clips: readonly number[]): Promise<Tensor> {
  const { shape } = features;
  const data = new Float32Array(clips.length * shape.reduce((a, b) => a * b, 1));
  await features.read(clips, data);
  return { type: 'float32', dims: [clips.length, ...shape], data };
}

/** Labels of some clips as `(batch)`, int64. */
export function gatherLabels(labels: Int32Array, clips: readonly number[]): Tensor {
  const data = BigInt64Array.from(clips, (clip) => BigInt(itemAt(labels, clip)));
  return { type: 'int64', dims: [clips.length], data };
}

/** Numbers the labels by their index among the classes. */
export function encodeLabels(
  labels: readonly (string | undefined)[],
  classes: readonly string[],
  column: string,
): Int32Array {
  const indices = new Map(classes.map((name, index) => [name, index]));
  return Int32Array.from(labels, (label) => {
    const index = label === undefined ? undefined : indices.get(label);
    if (index !== undefined) return index;
    const what = label === undefined ? `has no label "${column}"` : `has the label ${column} = "${label}"`;
    throw new UserError(`A clip ${what}; the classes are ${classes.join(', ')}.`);
  });
}
