import { expressions, type Value } from 'onnx-autograd';

const { div, fusedMatMul, maximum, mean, mul, reshape, sqrt, square, sub, sum } = expressions;

/** Two aggregated sets of feature maps beside each other: all that a similarity may ask of them. */
export interface Comparison {
  /** Cosine of the whole aggregates: one value a sample (one for the batch where the batch is aggregated as one). */
  cosine(): Value;
  /** Cosine of every pair of rows, all in one list: what the official code computes. */
  rowCosines(): Value;
  /** Mean squared difference of all elements: a scalar. */
  meanSquaredDifference(): Value;
}

/**
 * Vectors of length 0 have cosine 0 with everything, and no gradient (as in PyTorch): a dead map counts as unlike
 * the frozen network's. Below this squared length a vector counts as 0.
 */
const smallestSquare = 1e-16;

/** `dot / (|a| |b|)` from an inner product and two squared lengths. */
export function cosineOf(dot: Value, squareA: Value, squareB: Value): Value {
  return div(dot, mul(lengthOf(squareA), lengthOf(squareB)));
}

function lengthOf(squared: Value): Value {
  return sqrt(maximum(squared, smallestSquare));
}

/** Compares aggregates that are there as numbers: `(samples, rows, elements)`. */
export function compareElements(a: Value, b: Value): Comparison {
  const cosine = (left: Value, right: Value, axis: number) =>
    cosineOf(
      sum(mul(left, right), [axis], false),
      sum(square(left), [axis], false),
      sum(square(right), [axis], false),
    );
  return {
    cosine: () => cosine(reshape(a, [0, -1]), reshape(b, [0, -1]), 1),
    rowCosines: () => reshape(cosine(a, b, 2), [-1]),
    meanSquaredDifference: () => mean(square(sub(a, b)), undefined, false),
  };
}

/** Sum of the squares of a matrix, `(…, rows, columns)` to `(…)`. */
export function squaredNorm(matrix: Value): Value {
  return sum(square(matrix), [-2, -1], false);
}

/** `a b'` of the last two axes. */
export function timesTransposed(a: Value, b: Value): Value {
  return fusedMatMul(a, b, { transB: 1 });
}

/** `a' b` of the last two axes. */
export function transposedTimes(a: Value, b: Value): Value {
  return fusedMatMul(a, b, { transA: 1 });
}

/** Maps as rows: `(batch, channels, height, width)` to `(batch, channels, pixels)`. */
export function asRows(maps: Value): Value {
  return reshape(maps, [0, 0, -1]);
}
