import jstat from 'jstat';
import { mean as meanOf, sum } from '../numbers/mean.js';

const { studentt } = jstat.jStat;

/** The level below which a p value counts as a finding. */
export const SIGNIFICANCE = 0.05;

/** The probability that a confidence interval is made to cover. */
export const CONFIDENCE = 1 - SIGNIFICANCE;

/** Mean and sample standard deviation (n - 1). The mean is undefined for n = 0, the deviation below n = 2. */
export interface Spread {
  readonly n: number;
  readonly mean: number | undefined;
  readonly deviation: number | undefined;
}

/** The difference of paired measurements and what a t-test says of it. */
export interface PairedDifference {
  /** Number of pairs. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation of the differences; undefined below two pairs. */
  readonly deviation: number | undefined;
  /**
   * Student's t-test of a mean difference of zero. Undefined when there is none: with fewer than two pairs, or
   * when all differences are equal, so that nothing is known of how they vary.
   */
  readonly test: PairedTest | undefined;
}

/** A paired t-test of differences against zero. */
export interface PairedTest {
  /** 95% confidence interval of the mean difference. */
  readonly interval: readonly [low: number, high: number];
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
  /** True when the variance was corrected for training sets that overlap. */
  readonly corrected: boolean;
}

export interface PairedDifferenceOptions {
  /**
   * Test clips per training clip when the pairs come from resampled splits of one corpus (k-fold: 1 / (k - 1)).
   * Their training sets overlap, the differences are not independent, and the usual t-test finds too much.
   * The variance of the mean is then `(1/n + ratio) s^2` in place of `s^2 / n`
   * (Nadeau and Bengio, Inference for the Generalization Error, Machine Learning 52, 2003, equation 15).
   */
  readonly testToTrainRatio?: number;
}

/**
 * How large a paired difference is beside its own variation: its mean over its standard deviation, with Hedges' correction
 * for few pairs (Hedges and Olkin, Statistical Methods for Meta-Analysis, 1985; of the two for paired data the one that Lakens,
 * Frontiers in Psychology 4, 2013, calls d_z). Undefined where nothing is known of how it varies, and below three pairs: of two
 * the correction leaves 0, whatever the gain.
 */
export function effectSize({ n, mean, deviation, test }: PairedDifference): number | undefined {
  if (n < 3 || deviation === undefined || test === undefined) return undefined;
  return (mean / deviation) * (1 - 3 / (4 * (n - 1) - 1));
}

/** Mean and sample standard deviation of the values. */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  if (n === 0) return { n, mean: undefined, deviation: undefined };
  const mean = meanOf(values);
  if (n === 1) return { n, mean, deviation: undefined };
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return { n, mean, deviation: Math.sqrt(squares / (n - 1)) };
}

/**
 * 95% confidence interval of the mean of some values (Student's t). Undefined where nothing is known of how they vary: with
 * fewer than two, or when all are equal.
 */
export function meanInterval(
  values: readonly number[],
  options: PairedDifferenceOptions = {},
): readonly [low: number, high: number] | undefined {
  return pairedDifference(
    values.map((value) => [value, 0] as const),
    options,
  )?.test?.interval;
}

/**
 * The mean of `first - second` over pairs, with its 95% confidence interval and a two-sided paired t-test.
 * Undefined when there are no pairs.
 *
 * ```ts
 * pairedDifference([[0.58, 0.42], [0.61, 0.45], [0.57, 0.43]])?.mean;   // 0.153
 * ```
 */
export function pairedDifference(
  pairs: readonly (readonly [first: number, second: number])[],
  options: PairedDifferenceOptions = {},
): PairedDifference | undefined {
  const { n, mean, deviation } = spread(pairs.map(([first, second]) => first - second));
  if (mean === undefined) return undefined;
  // Equal differences still differ by rounding; such a deviation is no evidence of variation.
  const magnitude = Math.max(...pairs.flat().map(Math.abs));
  if (deviation === undefined || deviation <= 1e-12 * magnitude)
    return { n, mean, deviation, test: undefined };

  const standardError = deviation * Math.sqrt(1 / n + (options.testToTrainRatio ?? 0));
  const degreesOfFreedom = n - 1;
  const t = mean / standardError;
  const margin = studentt.inv((1 + CONFIDENCE) / 2, degreesOfFreedom) * standardError;
  const test: PairedTest = {
    interval: [mean - margin, mean + margin],
    t,
    degreesOfFreedom,
    p: Math.min(1, 2 * studentt.cdf(-Math.abs(t), degreesOfFreedom)),
    corrected: options.testToTrainRatio !== undefined,
  };
  return { n, mean, deviation, test };
}

/**
 * Holm's correction of p values for the number of tests (Scandinavian Journal of Statistics 6, 1979): the chance
 * of one false finding among all stays below the level. Tests without a p value stay without and do not count.
 */
export function holm(pValues: readonly (number | undefined)[]): (number | undefined)[] {
  const ordered = pValues
    .flatMap((p, index) => (p === undefined ? [] : [{ p, index }]))
    .sort((first, second) => first.p - second.p);
  const corrected: (number | undefined)[] = pValues.map(() => undefined);
  let largest = 0;
  for (const [rank, { p, index }] of ordered.entries()) {
    largest = Math.max(largest, Math.min(1, p * (ordered.length - rank)));
    corrected[index] = largest;
  }
  return corrected;
}
