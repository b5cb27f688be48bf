import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { colouredNoise, noiseColours } from '../../../src/data/audio/coloured-noise.js';
import { mean } from '../../../src/numbers/mean.js';
import { heard, noise, powerAt, powerOf } from './sounds.js';

describe('noise', () => {
  it.each(noiseColours.options)(
    'of the colour %s is mixed in at the ratio that is asked for',
    async (colour) => {
      const sound = noise(4000);
      for (const ratio of [-10, 0, 20]) {
        const mixed = await heard('noise', { colour, lowest: ratio, highest: ratio }, sound);
        const added = mixed.map((sample, i) => sample - (sound[i] as number));
        expect(10 * Math.log10(powerOf(sound) / powerOf(added))).toBeCloseTo(ratio, 3);
      }
    },
  );

  it('is at all ratios between the bounds, and never in silence', async () => {
    const sound = noise(400);
    const ratios: number[] = [];
    for (let clip = 0; clip < 400; clip++) {
      const mixed = await heard('noise', { lowest: 0, highest: 10 }, sound, clip);
      ratios.push(
        10 * Math.log10(powerOf(sound) / powerOf(mixed.map((sample, i) => sample - (sound[i] as number)))),
      );
    }
    expect(Math.min(...ratios)).toBeGreaterThan(-0.01);
    expect(Math.max(...ratios)).toBeLessThan(10.01);
    expect(Math.abs(mean(ratios) - 5)).toBeLessThan(0.6);
    expect(await heard('noise', {}, new Float32Array(50))).toEqual(new Float32Array(50));
  });

  it.each([
    ['white', 0],
    ['pink', -3],
    ['brown', -6],
  ] as const)('of the colour %s falls by %d dB an octave', (colour, slope) => {
    const octaves = 3;
    const [low, high] = [0, octaves].map((octave) => {
      const powers = Array.from({ length: 60 }, (_, i) => {
        const samples = colouredNoise(2000, colour, new Random(i));
        return mean([0.95, 1, 1.05].map((off) => powerAt(samples, off * 0.02 * 2 ** octave)));
      });
      return 10 * Math.log10(mean(powers));
    });
    expect(Math.abs((high as number) - (low as number) - slope * octaves)).toBeLessThan(2);
  });
});
