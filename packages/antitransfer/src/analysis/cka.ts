import { dot } from '../numbers/dot.js';
import { sum } from '../numbers/mean.js';
import { centred, requireFinite, type Vectors } from './vectors.js';

/** How CKA is estimated. */
export interface CkaOptions {
  /**
   * With few clips and many features the plain estimate is too high: two unrelated representations of n clips come
   * near 1 when they have many more than n features. The debiased estimate is 0 on average for unrelated ones, and may
   * fall below 0 (Nguyen et al., arXiv 2010.15327, equation 2; 4 clips or more). Default: false.
   */
  readonly debiased?: boolean;
}

/** A representation whose variance is below this part of its squared size is constant but for rounding. */
const CONSTANT = 1e-14;

/**
 * Linear centred kernel alignment: how alike two networks represent the same clips, 0 (unrelated) to 1 (equal but for
 * rotation, order and scale). Kornblith et al., arXiv 1905.00414, section 3:
 * `|Y'X|^2 / (|X'X| |Y'Y|)` with centred features and Frobenius norms.
 *
 * A constant representation is like nothing: 0.
 *
 * ```ts
 * linearCka(current, orthogonal); // 0.57
 * ```
 *
 * @param x shape (n, p)
 * @param y shape (n, q), of the same clips in the same order
 * @throws RangeError when the numbers of clips differ or are too few, or a feature is NaN or infinite
 */
export function linearCka(x: Vectors, y: Vectors, { debiased = false }: CkaOptions = {}): number {
  const least = debiased ? 4 : 2;
  if (x.length !== y.length || x.length < least) {
    throw new RangeError(
      `CKA compares representations of the same clips, ${least} or more; got ${x.length} and ${y.length}.`,
    );
  }
  requireFinite(x, 'CKA');
  requireFinite(y, 'CKA');
  if (isConstant(x) || isConstant(y)) return 0;
  const a = centred(x);
  const b = centred(y);
  const plain = kernelProducts(a, b);
  const { xy, xx, yy } = debiased ? debias(plain, a, b) : plain;
  return xx * yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

function isConstant(vectors: Vectors): boolean {
  const variance = squaredNorm(centred(vectors));
  return variance <= CONSTANT * squaredNorm(vectors);
}

/** Frobenius products of the kernels `XX'` and `YY'` with each other and themselves. */
interface KernelProducts {
  readonly xy: number;
  readonly xx: number;
  readonly yy: number;
}

/** `<XX', YY'>` is `|X'Y|^2`: the way with fewer multiplications is taken. */
function kernelProducts(x: readonly Float64Array[], y: readonly Float64Array[]): KernelProducts {
  const n = x.length;
  const p = x[0]!.length;
  const q = y[0]!.length;
  if (p * q + p * p + q * q < (n * (p + q)) / 2) {
    const product = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
      squaredNorm(crossProducts(a, b));
    return { xy: product(x, y), xx: product(x, x), yy: product(y, y) };
  }
  const k = kernel(x);
  const l = kernel(y);
  return { xy: dot(k, l), xx: dot(k, k), yy: dot(l, l) };
}

/** `XX'` as its lower triangle, all but the diagonal times the root of 2: so the dot product of two is Frobenius's. */
function kernel(x: readonly Float64Array[]): Float64Array {
  const triangle = new Float64Array((x.length * (x.length + 1)) / 2);
  let cell = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) triangle[cell++] = Math.SQRT2 * dot(x[i]!, x[j]!);
    triangle[cell++] = dot(x[i]!, x[i]!);
  }
  return triangle;
}

/** `X'Y`, shape (p, q). */
function crossProducts(x: readonly Float64Array[], y: readonly Float64Array[]): Float64Array[] {
  const products = Array.from(x[0]!, () => new Float64Array(y[0]!.length));
  for (const [sample, row] of x.entries()) {
    const other = y[sample]!;
    for (let i = 0; i < row.length; i++) {
      const product = products[i]!;
      const value = row[i]!;
      for (let j = 0; j < other.length; j++) product[j]! += value * other[j]!;
    }
  }
  return products;
}

/** n (n - 3) times the unbiased HSIC of Song et al. (2012), for centred features: their kernels' rows sum to 0. */
function debias(
  plain: KernelProducts,
  x: readonly Float64Array[],
  y: readonly Float64Array[],
): KernelProducts {
  const n = x.length;
  const k = x.map((row) => dot(row, row));
  const l = y.map((row) => dot(row, row));
  const corrected = (product: number, first: readonly number[], second: readonly number[]) =>
    product - (n / (n - 2)) * dot(first, second) + (sum(first) * sum(second)) / ((n - 1) * (n - 2));
  return { xy: corrected(plain.xy, k, l), xx: corrected(plain.xx, k, k), yy: corrected(plain.yy, l, l) };
}

function squaredNorm(rows: Vectors): number {
  return sum(rows.map((row) => dot(row, row)));
}
