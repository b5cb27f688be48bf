import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Random } from 'onnx-autograd/random';
import { learnsLittle, mostFrequentShare } from './chance.js';
import { deal } from './deal.js';
import { classify, fitLogisticRegression } from './logistic-regression.js';
import { centred, featureMeans, requireFinite, type Vectors } from './vectors.js';

/** An affine map that takes a label out of vectors: `x - removed (x - mean)`. */
export interface Erasure {
  /** What is taken out of a centred vector: `(features, features)`, row after row. */
  readonly removed: readonly Float64Array[];
  /** Of each feature over the vectors that it was fitted to: it is kept. */
  readonly mean: Float64Array;
  /** Dimensions that are taken out. */
  readonly rank: number;
}

/** Variances and correlations below this part of the largest are rounding. */
const ROUNDING = 1e-10;

/**
 * Least-squares concept erasure (Belrose and others 2023, arXiv 2306.03819, theorem 4.3): the affine map after which no
 * linear classifier reads the label better than a constant does, on the vectors that it is fitted to, and which changes
 * vectors least. In closed form, of the covariance of the vectors and their covariance with the label.
 *
 * @param vectors shape (n, features)
 * @param labels shape (n), whole numbers from 0
 * @throws RangeError when the lengths differ or a feature is not finite
 */
export function leastSquaresErasure(vectors: Vectors, labels: readonly number[], classes: number): Erasure {
  requireLabelled(vectors, labels);
  const mean = featureMeans(vectors);
  const x = new Matrix(centred(vectors).map((row) => Array.from(row)));
  const z = new Matrix(centred(oneHot(labels, classes)).map((row) => Array.from(row)));
  const scale = 1 / vectors.length;
  const transposed = x.transpose();
  const { whitening, inverse } = roots(transposed.mmul(x).mul(scale));
  const directions = rangeOf(whitening.mmul(transposed.mmul(z).mul(scale)));
  const removed = inverse.mmul(directions).mmul(directions.transpose()).mmul(whitening);
  return { removed: rowsOf(removed), mean, rank: directions.columns };
}

/**
 * Iterative null-space projection (Ravfogel and others 2020, arXiv 2004.07667): a linear classifier learns the label, what
 * it looks at is projected away, another one learns from what is left, until one names the label of a quarter of the
 * vectors, which it did not see, no better than chance (by a tenth of what lies between chance and 1).
 *
 * @param vectors shape (n, features)
 * @param labels shape (n), whole numbers from 0
 * @param random settles which quarter is not seen; not advanced
 * @param iterations classifiers at most
 * @throws RangeError when the lengths differ or a feature is not finite
 */
export function nullSpaceErasure(
  vectors: Vectors,
  labels: readonly number[],
  classes: number,
  random: Random,
  iterations: number,
): Erasure {
  requireLabelled(vectors, labels);
  const mean = featureMeans(vectors);
  const rows = centred(vectors);
  const items = labels.map((label, i) => ({ label: String(label), group: String(i) }));
  const sides = deal(items, [0.75, 0.25], random.fork('null space'));
  const on = (side: number) => labels.flatMap((_, i) => (sides[i] === side ? [i] : []));
  const [fitting, unseen] = [on(0), on(1)];
  const chance = mostFrequentShare(unseen.map((i) => String(labels[i])));
  const width = mean.length;
  let basis = Matrix.zeros(width, 0);
  for (let iteration = 0; iteration < iterations && basis.columns < width; iteration++) {
    const left = rows.map((row) => withoutSpan(row, basis));
    const pick = (indices: readonly number[]) => indices.map((i) => left[i]!);
    const model = fitLogisticRegression(
      pick(fitting),
      fitting.map((i) => labels[i]!),
      classes,
      { l2: 0.01 },
    );
    const named = classify(model, pick(unseen));
    const right = named.filter((label, at) => label === labels[unseen[at]!]).length;
    if (learnsLittle(right / unseen.length, chance)) break;
    const looked = Matrix.zeros(width, classes);
    for (let label = 0; label < classes; label++)
      for (let i = 0; i < width; i++) looked.set(i, label, model.weights[label * (width + 1) + i]!);
    const own = rangeOf(looked.sub(basis.mmul(basis.transpose().mmul(looked))));
    if (own.columns === 0) break;
    basis = joined(basis, own);
  }
  return { removed: rowsOf(basis.mmul(basis.transpose())), mean, rank: basis.columns };
}

/** The square root of a covariance's pseudo-inverse, and the pseudo-inverse of that. */
function roots(covariance: Matrix): { readonly whitening: Matrix; readonly inverse: Matrix } {
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const least = ROUNDING * Math.max(...values);
  const scaled = (power: number) => {
    const factors = values.map((value) => (value > least ? value ** power : 0));
    return vectors.mmul(Matrix.diag(factors)).mmul(vectors.transpose());
  };
  return { whitening: scaled(-0.5), inverse: scaled(0.5) };
}

/** Orthonormal columns that span those of a matrix. */
function rangeOf(matrix: Matrix): Matrix {
  const { leftSingularVectors, diagonal } = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const least = 1e-6 * Math.max(0, ...diagonal);
  const kept = diagonal.flatMap((value, i) => (value > least && value > ROUNDING ? [i] : []));
  return kept.length === 0 ? Matrix.zeros(matrix.rows, 0) : leftSingularVectors.subMatrixColumn(kept);
}

function joined(first: Matrix, second: Matrix): Matrix {
  const both = Matrix.zeros(first.rows, first.columns + second.columns);
  if (first.columns > 0) both.setSubMatrix(first, 0, 0);
  both.setSubMatrix(second, 0, first.columns);
  return both;
}

/** A vector without its part in the span of orthonormal columns. */
function withoutSpan(vector: Float64Array, basis: Matrix): Float64Array {
  const rest = vector.slice();
  for (let column = 0; column < basis.columns; column++) {
    let along = 0;
    for (let i = 0; i < rest.length; i++) along += basis.get(i, column) * vector[i]!;
    for (let i = 0; i < rest.length; i++) rest[i]! -= along * basis.get(i, column);
  }
  return rest;
}

function oneHot(labels: readonly number[], classes: number): Float64Array[] {
  return labels.map((label) => Float64Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0)));
}

function rowsOf(matrix: Matrix): Float64Array[] {
  return matrix.to2DArray().map((row) => Float64Array.from(row));
}

function requireLabelled(vectors: Vectors, labels: readonly number[]): void {
  requireFinite(vectors, 'an erasure');
  if (vectors.length === labels.length && vectors.length > 1) return;
  throw new RangeError(
    `An erasure needs two vectors or more with a label each; got ${vectors.length} and ${labels.length}.`,
  );
}
