import type { Tensor } from 'onnx-autograd';
import { UserError } from '../../errors.js';

/** Features and labels of clips, ready to be cut into batches. */
export interface Dataset {
  /** `[channels, frames, bins]` of one clip. */
  readonly shape: readonly [number, number, number];
  /** Standardised features, clip after clip. */
  readonly features: Float32Array;
  /** Each clip's class, from 0. */
  readonly labels: Int32Array;
}

/** The number of clips. */
export function sizeOf(data: Dataset): number {
  return data.labels.length;
}

/** Features of some clips as `(batch, channels, frames, bins)`. */
export function gatherFeatures(data: Dataset, indices: readonly number[]): Tensor {
  const size = data.shape.reduce((a, b) => a * b, 1);
  const batch = new Float32Array(indices.length * size);
  for (const [row, index] of indices.entries()) {
    batch.set(data.features.subarray(index * size, (index + 1) * size), row * size);
  }
  return { type: 'float32', dims: [indices.length, ...data.shape], data: batch };
}

/** Labels of some clips as `(batch)`, int64. */
export function gatherLabels(data: Dataset, indices: readonly number[]): Tensor {
  const labels = BigInt64Array.from(indices, (index) => BigInt(data.labels[index] as number));
  return { type: 'int64', dims: [indices.length], data: labels };
}

/** Clip indices cut into batches; the last one may be short. */
export function cutBatches(order: readonly number[], batch: number): number[][] {
  return Array.from({ length: Math.ceil(order.length / batch) }, (_, i) =>
    order.slice(i * batch, (i + 1) * batch),
  );
}

/** Numbers the labels by their place among the classes. */
export function encodeLabels(
  labels: readonly (string | undefined)[],
  classes: readonly string[],
  column: string,
): Int32Array {
  const places = new Map(classes.map((name, place) => [name, place]));
  return Int32Array.from(labels, (label) => {
    const place = label === undefined ? undefined : places.get(label);
    if (place !== undefined) return place;
    const what = label === undefined ? `has no label "${column}"` : `has the label ${column} = "${label}"`;
    throw new UserError(`A clip ${what}; the classes are ${classes.join(', ')}.`);
  });
}
