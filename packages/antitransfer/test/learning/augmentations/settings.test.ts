import { expect, it } from 'vitest';
import { type AugmentationKind, augmentationSettings } from '../../../src/learning/augmentations/registry.js';
import { smallAugmentation, smallParts } from './small-augmentations.js';

it.each<[AugmentationKind, object, string]>([
  ['gain', { lowest: 4, highest: -10 }, 'highest'],
  ['noise', { lowest: 4, highest: -10 }, 'highest'],
  ['reverberation', { shortest: 1, longest: 0.5 }, 'longest'],
  ['speed', { slowest: 1.1, fastest: 0.9 }, 'fastest'],
  ['tempo', { slowest: 1.1, fastest: 0.9 }, 'fastest'],
  ['pitch', { lowest: 1, highest: -1 }, 'highest'],
])('bounds of %s that are crossed are refused', (kind, bounds, key) => {
  const [issue] = augmentationSettings.safeParse({ kind, ...bounds }).error?.issues ?? [];
  expect(issue?.path).toEqual([key]);
});

it('settings say all that numbers depend on', () => {
  const other = { ...smallParts, standardisation: { mean: [1], deviation: [1] } };
  expect(smallAugmentation('spec-augment', {}, other).settings).not.toEqual(
    smallAugmentation('spec-augment').settings,
  );
  expect(smallAugmentation('time-shift', { seconds: 0.1 }).settings).not.toEqual(
    smallAugmentation('time-shift').settings,
  );
});
