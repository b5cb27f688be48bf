import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { PassingClip } from '../../../src/learning/augmentations/definition.js';
import { drawBeta } from '../../../src/numbers/beta.js';
import { mean } from '../../../src/numbers/mean.js';
import { smallAugmentation } from './small-augmentations.js';

describe('mixup', () => {
  const batchOf = (rows: readonly number[], seed: number): PassingClip[] =>
    rows.map((value, row) => ({
      features: new Float32Array(4).fill(value),
      random: new Random(seed).fork(`clip ${row}`),
    }));

  it('mixes each clip with another, as both were before, in the shares that it tells', () => {
    const values = [1, 10, 100, 1000];
    for (let seed = 0; seed < 20; seed++) {
      const batch = batchOf(values, seed);
      const { partners = [], shares = [] } = smallAugmentation('mixup').mix?.(batch) ?? {};
      for (const [row, { features }] of batch.entries()) {
        const [share, partner] = [shares[row] as number, partners[row] as number];
        expect(partner).not.toBe(row);
        expect(share).toBeGreaterThanOrEqual(0.5);
        const expected = share * (values[row] as number) + (1 - share) * (values[partner] as number);
        for (const value of features) expect(value / expected).toBeCloseTo(1, 5);
      }
    }
  });

  it('leaves a clip that is by itself in a batch', () => {
    const batch = batchOf([3], 1);
    expect(smallAugmentation('mixup').mix?.(batch).partners).toEqual([0]);
    for (const value of batch[0]?.features ?? []) expect(value).toBeCloseTo(3, 5);
  });

  it.each([0.05, 0.2, 1, 4])('draws shares from Beta(%d, same)', (alpha) => {
    const random = new Random(7);
    const draws = Array.from({ length: 20000 }, () => drawBeta(alpha, random));
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(mean(draws)).toBeCloseTo(0.5, 1);
    // Variance, and the fourth moment about 1/2: 3 / (16 (2a + 1) (2a + 3)).
    expect(mean(draws.map((x) => (x - 0.5) ** 2))).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
    expect(mean(draws.map((x) => (x - 0.5) ** 4))).toBeCloseTo(
      3 / (16 * (2 * alpha + 1) * (2 * alpha + 3)),
      2,
    );
  });
});
