import jstat from 'jstat';
import { mean } from '../numbers/mean.js';
import { CONFIDENCE, SIGNIFICANCE } from './statistics.js';

const { beta } = jstat.jStat;

/** Accuracy of always naming the most frequent label of a test set, in [0, 1]; the mean over the test sets of all repetitions. */
export function chanceOver(tests: readonly (readonly string[])[]): number {
  const shares = tests.filter((labels) => labels.length > 0).map(mostFrequentShare);
  return shares.length === 0 ? 0 : mean(shares);
}

/** Part of the labels that are the most frequent one, in [0, 1]. */
export function mostFrequentShare(labels: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}

/**
 * - `none`: not shown to be better than chance
 * - `little`: better than chance, but by less than a tenth of what lies between chance and 1
 * - `some`: better than chance by more
 */
export type Learned = 'none' | 'little' | 'some';

/** An accuracy beside chance. */
export interface ChanceTest {
  /** In [0, 1]. */
  readonly accuracy: number;
  /** In [0, 1]. */
  readonly chance: number;
  /** Different clips that it was measured on. */
  readonly clips: number;
  /** 95% confidence interval of the accuracy (Clopper and Pearson). */
  readonly interval: readonly [low: number, high: number];
  /** Probability of as many right answers or more by chance (exact binomial test, one-sided). */
  readonly p: number;
  readonly learned: Learned;
}

/** The part of the way from chance to 1 below which little is learned. */
const LITTLE = 0.1;

/**
 * Asks whether an accuracy is better than chance, by the exact binomial test. Where several networks answered about the
 * same clips, `accuracy` is their mean and each clip counts once: networks agree, so that more of them are not more
 * clips. Then the number of right answers need be no whole number; the incomplete beta function is that of the test where it is.
 *
 * ```ts
 * testAgainstChance(0.319, 0.25, 72).learned;   // 'none': p = 0.11
 * ```
 *
 * @param clips different ones, 1 or more
 * @throws RangeError when there are no clips
 */
export function testAgainstChance(accuracy: number, chance: number, clips: number): ChanceTest {
  if (!(clips >= 1))
    throw new RangeError(`There are ${clips} clips to test an accuracy on; there must be one.`);
  const right = accuracy * clips;
  const wrong = clips - right;
  const tail = (1 - CONFIDENCE) / 2;
  // P(X >= k) of a binomial distribution is the regularised incomplete beta function I_chance(k, n - k + 1).
  const p = right <= 0 ? 1 : chance >= 1 ? 1 : beta.cdf(chance, right, wrong + 1);
  return {
    accuracy,
    chance,
    clips,
    interval: [
      right <= 0 ? 0 : beta.inv(tail, right, wrong + 1),
      wrong <= 0 ? 1 : beta.inv(1 - tail, right + 1, wrong),
    ],
    p,
    learned: p >= SIGNIFICANCE ? 'none' : learnsLittle(accuracy, chance) ? 'little' : 'some',
  };
}

/** Whether an accuracy is nearer to chance than a tenth of what could be learned; also where it is below chance. */
export function learnsLittle(accuracy: number, chance: number): boolean {
  return accuracy - chance < LITTLE * (1 - chance);
}
