import { describe, expect, it } from 'vitest';
import { sharedSplit, splitSeedOf } from '../../../src/runs/config/split-seed.js';
import { experimentOfOne } from '../../../src/runs/one-method.js';
import { tinyConfig } from '../tiny.js';

describe('the split of a seed', () => {
  it.each([
    ['its own', { firstSeed: 1 }, [1, 2, 3, 4], [1, 2, 3, 4]],
    ['shared in turn', { firstSeed: 1, splits: 3 }, [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 1, 2, 3, 1]],
    ['one for all', { firstSeed: 5, splits: 1 }, [5, 6, 7], [5, 5, 5]],
    ['counted from the first seed', { firstSeed: 101, splits: 2 }, [101, 102, 103], [101, 102, 101]],
    ['of another seed', { firstSeed: 101, splits: 2, firstSplit: 1 }, [101, 102, 103], [1, 2, 1]],
    ['shifted', { firstSeed: 4, firstSplit: 1 }, [4, 5], [1, 2]],
    ['one of the same before the first seed', { firstSeed: 5, splits: 3 }, [4, 3, 0], [7, 6, 6]],
  ])('is %s', (_, experiment, seeds, splits) => {
    expect(seeds.map((seed) => splitSeedOf(experiment, seed))).toEqual(splits);
  });

  it('is told in results where it is not the seed, and seeds have splits of their own or folds', () => {
    const experiment = { firstSeed: 1, splits: 2 };
    expect(sharedSplit(experiment, { seed: 2 }, true)).toEqual({});
    expect(sharedSplit(experiment, { seed: 3 }, true)).toEqual({ splitSeed: 1 });
    expect(sharedSplit(experiment, { seed: 3 }, false)).toEqual({});
    expect(sharedSplit(experiment, { seed: 3, fold: 0 }, false)).toEqual({ splitSeed: 1 });
  });

  it.each([
    { seeds: 6, splits: 2 },
    { seeds: 6, splits: 3, firstSplit: 1 },
    { seeds: 6, firstSplit: 1 },
    { seeds: 6, firstSeed: 3, splits: 3, firstSplit: 7 },
    { seeds: 6 },
  ])('stays where one method is trained with one of the seeds: %j', (changes) => {
    const { experiment } = tinyConfig('corpus', changes);
    for (let seed = experiment.firstSeed; seed < experiment.firstSeed + 6; seed++) {
      const one = experimentOfOne(experiment, 'cka', seed);
      expect(one.seeds).toBe(1);
      expect(splitSeedOf(one, seed)).toBe(splitSeedOf(experiment, seed));
    }
  });
});
