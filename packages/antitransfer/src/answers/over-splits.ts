import { groupBy } from '../group-by.js';
import { mean } from '../numbers/mean.js';

/** By what runs are told apart that learned from one split, and from another. */
export interface SplitKey {
  readonly seed: number;
  readonly fold?: number | undefined;
  /** Absent where it is the seed. */
  readonly splitSeed?: number | undefined;
}

/** Whether seeds share splits, so that what is drawn are splits. */
export function sharesSplits(runs: readonly Pick<SplitKey, 'splitSeed'>[]): boolean {
  return runs.some(({ splitSeed }) => splitSeed !== undefined);
}

/**
 * Runs by the split that they learned from. Trainings of one split are no independent measurements of what a method is worth on
 * others: what is known of that varies from split to split. Where all learn from one split, runs have no `splitSeed`, and each stands for itself.
 */
export function bySplit<Run extends SplitKey>(runs: readonly Run[]): (readonly Run[])[] {
  return [...groupBy(runs, ({ seed, fold, splitSeed = seed }) => `${splitSeed}/${fold ?? ''}`).values()];
}

/** What is measured of runs, a value for each split: the mean over its trainings. Runs of which it is not known are left out. */
export function overSplits<Run extends SplitKey>(
  runs: readonly Run[],
  measure: (run: Run) => number | undefined,
): number[] {
  return bySplit(runs).flatMap((own) => {
    const values = own.flatMap((run) => measure(run) ?? []);
    return values.length === 0 ? [] : [mean(values)];
  });
}
