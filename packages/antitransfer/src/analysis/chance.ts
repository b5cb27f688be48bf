import { mean } from '../numbers/mean.js';

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
