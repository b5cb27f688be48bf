import type { Experiment } from './schema.js';

/**
 * The seed by which the split of a seed is drawn: its own, unless seeds share splits (`splits`), which come in turn. First weights,
 * batches and whatever else a training draws are always of its own seed.
 */
export function splitSeedOf(
  {
    firstSeed,
    splits = Number.POSITIVE_INFINITY,
    firstSplit = firstSeed,
  }: Pick<Experiment, 'firstSeed' | 'splits' | 'firstSplit'>,
  seed: number,
): number {
  return firstSplit + ((seed - firstSeed) % splits);
}

/** The same where it is another's, as results tell it. */
export function sharedSplit(
  experiment: Parameters<typeof splitSeedOf>[0],
  seed: number,
): { readonly splitSeed?: number } {
  const splitSeed = splitSeedOf(experiment, seed);
  return splitSeed === seed ? {} : { splitSeed };
}
