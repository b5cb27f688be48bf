import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { itemAt } from '../lookup.js';
import { sum } from '../numbers/mean.js';
import { centred, requireFinite, type Vectors } from './vectors.js';

/** Vectors along the directions in which they vary most. */
export interface PrincipalComponents {
  /** Of each vector: its coordinates along the directions, `(n, count)`. Their mean is 0. */
  readonly coordinates: readonly Float64Array[];
  /** Which part of the variance each direction has, in [0, 1], the largest first; 0 where nothing varies. */
  readonly explained: readonly number[];
}

/**
 * Principal component analysis. A direction and its opposite are as good; the one is taken whose largest part is positive, so
 * that the same vectors always give the same picture.
 *
 * ```ts
 * const { coordinates, explained } = principalComponents(vectors, 2);
 * ```
 *
 * @param count of directions; where vectors vary in fewer, coordinates along the others are 0
 * @throws RangeError when there are no vectors, they are not of one length, or a number is NaN or infinite
 */
export function principalComponents(vectors: Vectors, count: number): PrincipalComponents {
  if (vectors.length === 0) throw new RangeError('There are no vectors to find principal components of.');
  requireFinite(vectors, 'a principal component');
  const rows = centred(vectors);
  const decomposed = new SingularValueDecomposition(new Matrix(rows.map((row) => [...row])), {
    autoTranspose: true,
  });
  const { diagonal, leftSingularVectors: left, rightSingularVectors: right } = decomposed;
  const total = sum(diagonal.map((value) => value ** 2));
  const least = ROUNDING * Math.max(0, ...diagonal);
  const directions = Array.from({ length: count }, (_, index) => {
    const value = diagonal[index] ?? 0;
    if (value <= least || value ** 2 <= Number.MIN_VALUE) return undefined;
    return { index, value: value * signOf(right.getColumn(index)), explained: value ** 2 / total };
  });
  return {
    coordinates: rows.map((_, row) =>
      Float64Array.from(directions, (found) =>
        found === undefined ? 0 : found.value * left.get(row, found.index),
      ),
    ),
    explained: directions.map((found) => found?.explained ?? 0),
  };
}

/** Of the largest singular value: what is smaller is no direction but rounding. */
const ROUNDING = 1e-12;

/** Of the first of its parts that is as large as any. */
function signOf(direction: readonly number[]): number {
  const largest = direction.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
  const index = direction.findIndex((part) => Math.abs(part) >= (1 - 1e-9) * largest);
  return Math.sign(itemAt(direction, index));
}
