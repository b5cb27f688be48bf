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
  return { features: memoryFeatures([1, frames, bins], data), data };
}

/** Rows one after another, as one. */
function joinedRows(data: Float32Array, rows: readonly number[], size: number): Float32Array {
  const joined = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) joined.set(data.subarray(row * size, (row + 1) * size), i * size);
  return joined;
}

/** In two passes. */
function momentsOf(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

describe('measureStandardisation', () => {
  it.each(['global', 'bin'] as const)('%s equals two passes over the training clips only', async (over) => {
    const set = features(20);
    const training = [0, 3, 4, 11, 19];
    const values = training.flatMap((clip) => [
      ...set.data.slice(clip * frames * bins, (clip + 1) * frames * bins),
    ]);
    const { mean, deviation } = await measureStandardisation(set.features, training, over);
    const groups =
      over === 'global' ? [values] : [0, 1, 2].map((bin) => values.filter((_, i) => i % bins === bin));
    expect(mean).toHaveLength(groups.length);
    for (const [i, group] of groups.entries()) {
      const [expectedMean, expectedDeviation] = momentsOf(group);
      expect(Math.abs(mean[i]! / expectedMean - 1)).toBeLessThan(1e-12);
      expect(Math.abs(deviation[i]! / expectedDeviation - 1)).toBeLessThan(1e-9);
    }
  });

  it('does not look at other clips', async () => {
    const set = features(4);
    const before = await measureStandardisation(set.features, [1, 2], 'bin');
    set.data.fill(Number.NaN, 0, frames * bins);
    set.data.fill(1e30, 3 * frames * bins);
    expect(await measureStandardisation(set.features, [1, 2], 'bin')).toEqual(before);
  });

  it('gives a bin that never changes the deviation 1', async () => {
    const data = Float32Array.of(7, 1, 7, 2, 7, 3, 7, 4);
    const standardisation = await measureStandardisation(memoryFeatures([1, 2, 2], data), [0, 1], 'bin');
    expect(standardisation.deviation[0]).toBe(1);
    standardise(data, standardisation);
    expect([...data].filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0, 0]);
  });

  it('needs training clips', async () => {
    await expect(measureStandardisation(features(2).features, [], 'bin')).rejects.toThrow(UserError);
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
    const size = wideFrames * bins;
    const together = memoryFeatures([1, rows.length * wideFrames, bins], joinedRows(data, rows, size));
    expect(measured).toEqual(await measureStandardisation(together, [0], over));
    expect(reads).toEqual([3, 3, 2]);
  });
});

it.each(['global', 'bin'] as const)('standardise leaves mean 0 and deviation 1 (%s)', async (over) => {
  const set = features(50);
  const rows = [...Array(50).keys()];
  standardise(set.data, await measureStandardisation(set.features, rows, over));
  const { mean, deviation } = await measureStandardisation(set.features, rows, over);
  for (const value of mean) expect(Math.abs(value)).toBeLessThan(1e-5);
  for (const value of deviation) expect(Math.abs(value - 1)).toBeLessThan(1e-3);
});
