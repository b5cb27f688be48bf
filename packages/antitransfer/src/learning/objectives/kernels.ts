import { expressions, int64, type Value } from 'onnx-autograd';
import { timesTransposed } from './comparison.js';

const { cast, div, equal, exp, gather, maximum, mean, mul, neg, reshape, shape, sizeOf, square, sub, sum } =
  expressions;

/** How the likeness of two clips is measured. */
export const kernels = ['linear', 'gaussian'] as const;

export type Kernel = (typeof kernels)[number];

/** Widths of the Gaussians, as factors of the mean squared distance (five of them, as in Long and others 2015). */
const widths = [0.25, 0.5, 1, 2, 4] as const;

/** Below this mean squared distance clips count as equal. */
const smallestDistance = 1e-16;

/**
 * How alike clips are, every one beside every one: `(clips, clips)`.
 *
 * @param features `(clips, n)`
 */
export function kernelOf(kernel: Kernel, features: Value): Value {
  return kernel === 'linear' ? linearKernel(features) : gaussianKernel(features);
}

/** Inner products of features less their mean over the clips. */
function linearKernel(features: Value): Value {
  const centred = sub(features, mean(features, [0]));
  return timesTransposed(centred, centred);
}

/**
 * The mean of Gaussians of five widths around the mean squared distance of the batch. Widths follow the features: a network
 * cannot bring groups together by making its maps small.
 */
export function gaussianKernel(features: Value): Value {
  // As differences, so that equal clips have the distance 0.
  const difference = sub(expressions.unsqueeze(features, [1]), expressions.unsqueeze(features, [0]));
  const distances = sum(square(difference), [2], false);
  const n = sizeOf(features, 0);
  const pairs = maximum(mul(n, sub(n, 1)), 1);
  const scaled = div(distances, maximum(div(sum(distances, [0, 1]), pairs), smallestDistance));
  const gaussians = widths.map((width) => exp(neg(mul(scaled, 1 / width))));
  return mul(
    gaussians.reduce((total, gaussian) => expressions.add(total, gaussian)),
    1 / widths.length,
  );
}

/** Ones but for a diagonal of zeros: `(clips, clips)`, of as many clips as `clips` has on its first axis. */
export function offDiagonal(clips: Value): Value {
  const { graph } = clips;
  const index = (number: number) => graph.constant(int64(number), 'index');
  const numbers = graph.apply('Range', [index(0), gather(shape(clips), index(0), 0), index(1)]);
  return sub(1, cast(equal(reshape(numbers, [-1, 1]), reshape(numbers, [1, -1])), 'float32'));
}
