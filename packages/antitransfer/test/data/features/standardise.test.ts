import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { measureStandardisation, standardise } from '../../../src/data/features/standardise.js';
import { type ClipFeatures, memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { UserError } from '../../../src/errors.js';

const [frames, bins] = [5, 3];

/** Bins of very different size and spread, far from zero: where sums of squares lose everything. */
function features(clips: number) {
  const random = new Random(1);
  const data = new Float32Array(clips * frames * bins);
  for (let i = 0; i < data.length; i++)
    data[i] = [1e4, -2, 0.5][i % bins]! + [0.01, 3, 1e-3][i % bins]! * random.normal();
  return { shape: [1, frames, bins] as const, data };
}

/** In two passes. */
function momentsOf(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

describe('measureStandardisation', () => {
  it.each(['global', 'bin'] as const)('%s equals two passes over the training clips alone', (over) => {
    const set = features(20);
    const training = [0, 3, 4, 11, 19];
    const values = training.flatMap((clip) => [
      ...set.data.slice(clip * frames * bins, (clip + 1) * frames * bins),
    ]);
    const { mean, deviation } = measureStandardisation(set, training, over);
    const groups =
      over === 'global' ? [values] : [0, 1, 2].map((bin) => values.filter((_, i) => i % bins === bin));
    expect(mean).toHaveLength(groups.length);
    for (const [i, group] of groups.entries()) {
      const [expectedMean, expectedDeviation] = momentsOf(group);
      expect(Math.abs(mean[i]! / expectedMean - 1)).toBeLessThan(1e-12);
      expect(Math.abs(deviation[i]! / expectedDeviation - 1)).toBeLessThan(1e-9);
    }
  });

  it('does not look at other clips', () => {
    const set = features(4);
    const before = measureStandardisation(set, [1, 2], 'bin');
    set.data.fill(Number.NaN, 0, frames * bins);
    set.data.fill(1e30, 3 * frames * bins);
    expect(measureStandardisation(set, [1, 2], 'bin')).toEqual(before);
  });

  it('gives a bin that never changes the deviation 1', () => {
    const set = { shape: [1, 2, 2] as const, data: Float32Array.of(7, 1, 7, 2, 7, 3, 7, 4) };
    const standardisation = measureStandardisation(set, [0, 1], 'bin');
    expect(standardisation.deviation[0]).toBe(1);
    standardise(set.data, standardisation);
    expect([...set.data].filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0, 0]);
  });

  it('needs training clips', () => {
    expect(() => measureStandardisation(features(2), [], 'bin')).toThrow(UserError);
    const { shape, data } = features(2);
    expect(() => measureStandardisation(memoryFeatures(shape, data), [], 'bin')).toThrow(UserError);
  });

  it.each(['global', 'bin'] as const)('in batches gives the same bits (%s)', async (over) => {
    // A batch is 2 ** 20 numbers.
    const [wideFrames, count] = [100_000, 12];
    const random = new Random(2);
    const data = Float32Array.from({ length: count * wideFrames * bins }, () => 3 + random.uniform());
    const shape = [1, wideFrames, bins] as const;
    const rows = [7, 0, 3, 11, 3, 10, 1, 8];
    const reads: number[] = [];
    const memory = memoryFeatures(shape, data);
    const counting: ClipFeatures = {
      ...memory,
      read: (some, into) => {
        reads.push(some.length);
        return memory.read(some, into);
      },
    };
    const measured = await measureStandardisation(counting, rows, over);
    expect(measured).toEqual(measureStandardisation({ shape, data }, rows, over));
    expect(reads).toEqual([3, 3, 2]);
  });
});

it.each(['global', 'bin'] as const)('standardise leaves mean 0 and deviation 1 (%s)', (over) => {
  const set = features(50);
  standardise(set.data, measureStandardisation(set, [...Array(50).keys()], over));
  const { mean, deviation } = measureStandardisation(set, [...Array(50).keys()], over);
  for (const value of mean) expect(Math.abs(value)).toBeLessThan(1e-5);
  for (const value of deviation) expect(Math.abs(value - 1)).toBeLessThan(1e-3);
});
