import { centred, type Vectors } from './vectors.js';

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
 * @throws RangeError when the numbers of clips differ or are too few
 */
export function linearCka(x: Vectors, y: Vectors, { debiased = false }: CkaOptions = {}): number {
  const least = debiased ? 4 : 2;
  if (x.length !== y.length || x.length < least) {
    throw new RangeError(
      `CKA compares representations of the same clips, ${least} or more; got ${x.length} and ${y.length}.`,
    );
  }
  if (isConstant(x) || isConstant(y)) return 0;
  const a = centred(x);
  const b = centred(y);
  const alike = debiased ? debiasedProduct : kernelProduct;
  const scale = alike(a, a) * alike(b, b);
  return scale > 0 ? alike(a, b) / Math.sqrt(scale) : 0;
}

function isConstant(vectors: Vectors): boolean {
  const variance = squaredNorm(centred(vectors));
  return variance <= CONSTANT * vectors.reduce((sum, vector) => sum + dot(vector, vector), 0);
}

/** `<XX', YY'>`, which is `|X'Y|^2`: the side with fewer products is computed. */
function kernelProduct(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  const n = x.length;
  const p = x[0]!.length;
  const q = y[0]!.length;
  return p * q < (n * (p + q)) / 2 ? squaredNorm(crossProducts(x, y)) : kernelProductBySamples(x, y);
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

function kernelProductBySamples(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    sum += dot(x[i]!, x[i]!) * dot(y[i]!, y[i]!);
    for (let j = 0; j < i; j++) sum += 2 * dot(x[i]!, x[j]!) * dot(y[i]!, y[j]!);
  }
  return sum;
}

/** n (n - 3) times the unbiased HSIC of Song et al. (2012), for centred features: their kernels' rows sum to 0. */
function debiasedProduct(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  const n = x.length;
  const diagonal = x.reduce((sum, row, i) => sum + dot(row, row) * dot(y[i]!, y[i]!), 0);
  return (
    kernelProduct(x, y) - (n / (n - 2)) * diagonal + (squaredNorm(x) * squaredNorm(y)) / ((n - 1) * (n - 2))
  );
}

function squaredNorm(rows: readonly Float64Array[]): number {
  return rows.reduce((sum, row) => sum + dot(row, row), 0);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
