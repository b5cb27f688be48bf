import { describe, expect, it } from 'vitest';
import { bySplit, overSplits } from '../../src/answers/over-splits.js';

const run = (seed: number, splitSeed?: number, fold?: number) => ({
  seed,
  ...(splitSeed !== undefined && { splitSeed }),
  ...(fold !== undefined && { fold }),
});
const seedsOf = (groups: readonly (readonly { readonly seed: number }[])[]) =>
  groups.map((group) => group.map(({ seed }) => seed));

describe('what is measured over splits', () => {
  it('is a value of each run where each has a split of its own', () => {
    expect(overSplits([run(1), run(2), run(3)], ({ seed }) => seed)).toEqual([1, 2, 3]);
  });

  it('is the mean of the runs that share a split', () => {
    const runs = [run(1), run(2), run(3, 1), run(4, 2), run(5, 1)];
    expect(seedsOf(bySplit(runs))).toEqual([
      [1, 3, 5],
      [2, 4],
    ]);
    expect(overSplits(runs, ({ seed }) => seed)).toEqual([3, 3]);
  });

  it('takes folds of one split apart', () => {
    const folds = [run(1, undefined, 0), run(1, undefined, 1), run(2, 1, 0), run(2, 1, 1)];
    expect(bySplit(folds).map((group) => group.map(({ seed, fold }) => [seed, fold]))).toEqual([
      [
        [1, 0],
        [2, 0],
      ],
      [
        [1, 1],
        [2, 1],
      ],
    ]);
  });

  it('leaves out what is not known, and a split of which nothing is', () => {
    const known = ({ seed }: { readonly seed: number }) => (seed > 2 ? seed : undefined);
    expect(overSplits([run(1), run(2), run(3, 1)], known)).toEqual([3]);
    expect(overSplits([], known)).toEqual([]);
  });
});
