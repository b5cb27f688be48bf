import type { Maps } from './definitions.js';

/** Similarities of this toolkit in double precision, by other formulas than those of the graph. */

const numbers = (count: number) => [...Array(count).keys()];
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const average = (values: readonly number[]) => total(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]) => total(a.map((value, i) => value * b[i]!));

/** Clip by clip: the mean of each channel. */
function averages({ shape: [batch, channels, height, width], data }: Maps): number[][] {
  const pixels = height * width;
  return numbers(batch).map((b) =>
    numbers(channels).map((c) =>
      average(data.slice((b * channels + c) * pixels, (b * channels + c + 1) * pixels)),
    ),
  );
}

/** Channel by channel: all its values, over clips and pixels, less their mean, divided by their deviation. */
function standardised({ shape: [batch, channels, height, width], data }: Maps): number[][] {
  const pixels = height * width;
  return numbers(channels).map((c) => {
    const values = numbers(batch).flatMap((b) =>
      data.slice((b * channels + c) * pixels, (b * channels + c + 1) * pixels),
    );
    const centre = average(values);
    const deviation = Math.sqrt(Math.max(1e-8, average(values.map((value) => (value - centre) ** 2))));
    return values.map((value) => (value - centre) / deviation);
  });
}

/**
 * The independence criterion as an average over all ordered choices of four different clips (Gretton and others 2005,
 * lemma 1): `k_ij (l_ij + l_qr - 2 l_iq)`.
 */
export function hsicOverQuadruples(
  k: (i: number, j: number) => number,
  l: (i: number, j: number) => number,
  n: number,
): number {
  const terms: number[] = [];
  for (const i of numbers(n)) {
    for (const j of numbers(n)) {
      for (const q of numbers(n)) {
        for (const r of numbers(n)) {
          if (new Set([i, j, q, r]).size === 4) terms.push(k(i, j) * (l(i, j) + l(q, r) - 2 * l(i, q)));
        }
      }
    }
  }
  return average(terms);
}

export function innerProducts(rows: readonly number[][]) {
  return (i: number, j: number) => dot(rows[i]!, rows[j]!);
}

export function unbiasedAlignmentOf(
  k: (i: number, j: number) => number,
  l: (i: number, j: number) => number,
  n: number,
): number {
  const hsic = (a: typeof k, b: typeof k) => hsicOverQuadruples(a, b, n);
  return hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
}

/** The mean of five Gaussians around the mean squared distance of different clips. */
export function gaussians(rows: readonly number[][]) {
  const n = rows.length;
  const distance = (i: number, j: number) => total(rows[i]!.map((value, c) => (value - rows[j]![c]!) ** 2));
  const pairs = numbers(n).flatMap((i) => numbers(n).flatMap((j) => (i === j ? [] : [distance(i, j)])));
  const width = average(pairs);
  return (i: number, j: number) =>
    average([0.25, 0.5, 1, 2, 4].map((factor) => Math.exp(-distance(i, j) / (factor * width))));
}

/** Solves `matrix x = right` by elimination. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (const k of numbers(n)) {
    const pivot = numbers(n)
      .filter((i) => i >= k)
      .reduce((best, i) => (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!) ? i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (const i of numbers(n)) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** What a ridge regression on channels makes of values, one coefficient a channel. */
function regression(channels: readonly number[][], values: readonly number[], ridge: number): number[] {
  const n = values.length;
  const matrix = channels.map((a, i) => channels.map((b, j) => dot(a, b) / n + (i === j ? ridge : 0)));
  return solve(
    matrix,
    channels.map((a) => dot(a, values) / n),
  );
}

/** A sum of channels, each times its coefficient. */
function combined(channels: readonly number[][], coefficients: readonly number[]): number[] {
  return channels[0]!.map((_, i) => total(channels.map((channel, c) => channel[i]! * coefficients[c]!)));
}

/** The mean over channels of the covariance of a channel with what the other network's channels say of it. */
export function subspaceOf(current: Maps, frozen: Maps, ridge = 0.01): number {
  const [x, y] = [standardised(current), standardised(frozen)];
  return average(
    x.map((channel) => dot(channel, combined(y, regression(y, channel, ridge))) / channel.length),
  );
}

/** The trace of regressing one network's channels on the other's and back, over the smaller number of channels. */
export function canonicalOf(current: Maps, frozen: Maps, ridge = 0.01): number {
  const [x, y] = [standardised(current), standardised(frozen)];
  const back = x.map((channel, c) => {
    const there = combined(y, regression(y, channel, ridge));
    return regression(x, there, ridge)[c]!;
  });
  return total(back) / Math.min(x.length, y.length);
}

/** Of clips' averages, by the estimate over quadruples. */
export function unbiasedCkaOf(current: Maps, frozen: Maps): number {
  const [x, y] = [averages(current), averages(frozen)];
  return unbiasedAlignmentOf(innerProducts(x), innerProducts(y), x.length);
}
