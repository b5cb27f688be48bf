import { expect, it } from 'vitest';
import { clipsAtOnce } from '../../../src/data/features/compute.js';

it.each([
  ['short clips', { samples: 16_000, frames: 126, bins: 129 }, 16],
  ['1000 s, whose features are the larger', { samples: 16_000_000, frames: 125_001, bins: 129 }, 4],
  ['the longest there may be', { samples: 2 ** 26, frames: 1, bins: 1 }, 1],
])('computes as many %s at once as memory holds', (_, frontEnd, count) => {
  expect(clipsAtOnce(frontEnd)).toBe(count);
});
