import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { mean } from '../../../src/numbers/mean.js';
import { smallAugmentation } from './small-augmentations.js';

describe('spec-augment', () => {
  const [frames, bins] = [16, 16];
  const mask = -7;
  /** Which cells a clip has masked. */
  const masked = (settings: object, clip: number): boolean[] => {
    const features = new Float32Array(frames * bins).fill(1);
    const standardisation = { mean: [mask], deviation: [1] };
    const random = new Random(clip).fork('clip');
    smallAugmentation('spec-augment', settings, { standardisation }).change?.({ features, random });
    expect(features.every((value) => value === 1 || value === mask)).toBe(true);
    return Array.from(features, (value) => value === mask);
  };
  /** How likely each index is masked by one span, whose widths from 0 to the widest are equally likely, as are its beginnings. */
  const odds = (length: number, widest: number) =>
    Array.from({ length }, (_, index) => {
      const widths = Array.from({ length: widest + 1 }, (_unused, width) => {
        const first = Math.max(0, index - width + 1);
        const last = Math.min(index, length - width);
        return Math.max(0, last - first + 1) / (length - width + 1);
      });
      return mean(widths);
    });

  it.each([
    ['one band', { frequencyMasks: 1, timeMasks: 0 }],
    ['one span', { frequencyMasks: 0, timeMasks: 1 }],
    ['two of each, to half of either axis', {}],
    ['narrow ones', { frequencyWidth: 0.2, timeWidth: 0.1 }],
  ])('masks as much as was asked for on average: %s', (_, change) => {
    const settings = { frequencyMasks: 2, timeMasks: 2, frequencyWidth: 0.5, timeWidth: 0.5, ...change };
    const { frequencyMasks, frequencyWidth, timeMasks, timeWidth } = settings;
    const ofBins = odds(bins, Math.floor(bins * frequencyWidth)).map((p) => (1 - p) ** frequencyMasks);
    const ofFrames = odds(frames, Math.floor(frames * timeWidth)).map((p) => (1 - p) ** timeMasks);
    const expected = 1 - mean(ofBins) * mean(ofFrames);
    const clips = 4000;
    const shares = Array.from({ length: clips }, (_unused, clip) => mean(masked(settings, clip).map(Number)));
    const deviation = Math.sqrt(mean(shares.map((share) => (share - mean(shares)) ** 2)) / clips);
    expect(Math.abs(mean(shares) - expected)).toBeLessThan(4 * deviation);
    expect(deviation).toBeLessThan(0.005);
  });

  it('masks whole bands and whole spans', () => {
    const all = masked({ frequencyMasks: 1, timeMasks: 1 }, 3);
    const isBand = (bin: number) => all.every((cell, i) => i % bins !== bin || cell);
    const isSpan = (frame: number) => all.slice(frame * bins, (frame + 1) * bins).every(Boolean);
    expect(all).toEqual(all.map((_, i) => isBand(i % bins) || isSpan(Math.floor(i / bins))));
    expect(all).toContain(true);
  });

  it('masks each bin with its own mean where each is standardised by its own', () => {
    const means = Array.from({ length: bins }, (_, bin) => -bin - 1);
    const augmentation = smallAugmentation(
      'spec-augment',
      { frequencyMasks: 0, timeMasks: 1, timeWidth: 1 },
      { standardisation: { mean: means, deviation: means.map(() => 1) } },
    );
    const features = new Float32Array(frames * bins).fill(1);
    augmentation.change?.({ features, random: new Random(2) });
    const rows = Array.from({ length: frames }, (_, frame) => [
      ...features.slice(frame * bins, (frame + 1) * bins),
    ]);
    expect(rows).toContainEqual(means);
    for (const row of rows)
      expect(row[0] === 1 ? row.every((value) => value === 1) : row).toEqual(row[0] === 1 ? true : means);
  });
});
