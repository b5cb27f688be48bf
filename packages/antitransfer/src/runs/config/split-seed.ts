import type { Experiment } from './schema.js';

/**
 * The seed by which the split of a seed is drawn: its own, unless seeds share splits (`splits`), which come in turn. First weights,
 * batches and whatever else a training draws are always of its own seed.
 */
export function splitSeedOf(
  { firstSeed, splits, firstSplit = firstSeed }: Pick<Experiment, 'firstSeed' | 'splits' | 'firstSplit'>,
  seed: number,
): number {
  const after = seed - firstSeed;
  // A seed before the first has a split of those that the others share, too.
  const turn = splits === undefined ? after : ((after % splits) + splits) % splits;
  return Math.max(0, firstSplit + turn);
}

/**
 * The same of a repetition where it is another's, as results tell it: nothing where all seeds learn from one split, so that each
 * training says by itself how they vary.
 *
 * @param isRedrawn whether seeds differ in their clips; folds always do
 */
export function sharedSplit(
  experiment: Parameters<typeof splitSeedOf>[0],
  { seed, fold }: { readonly seed: number; readonly fold?: number | undefined },
  isRedrawn: boolean,
): { readonly splitSeed?: number } {
  const splitSeed = splitSeedOf(experiment, seed);
  return splitSeed === seed || (fold === undefined && !isRedrawn) ? {} : { splitSeed };
}
