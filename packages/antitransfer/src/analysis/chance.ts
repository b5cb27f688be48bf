/** Accuracy of always naming the most frequent label of a test set, in [0, 1]; the mean over the test sets of all rounds. */
export function chanceOver(tests: readonly (readonly string[])[]): number {
  const shares = tests.filter((labels) => labels.length > 0).map(mostFrequent);
  return shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length);
}

function mostFrequent(labels: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
