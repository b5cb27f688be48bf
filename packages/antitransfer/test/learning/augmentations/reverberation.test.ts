import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { drawReflections } from '../../../src/data/audio/reverberate.js';
import { heard, noise } from './sounds.js';

describe('reverberation', () => {
  it('leaves the direct sound, and adds reflections of the energy that is asked for', async () => {
    const click = new Float32Array(8000);
    click[0] = 1;
    for (const directRatio of [0, 6, 20]) {
      const echo = await heard('reverberation', { shortest: 0.3, longest: 0.3, directRatio }, click);
      expect(echo[0]).toBe(1);
      const tail = echo.slice(1).reduce((sum, sample) => sum + sample ** 2, 0);
      // Two reflections may come at one time.
      expect(Math.abs(-10 * Math.log10(tail) - directRatio)).toBeLessThan(1);
    }
  });

  it('falls by 60 dB in the time that is asked for', () => {
    const decay = 0.4;
    const energies = [0, 0.5].map((from) => {
      const all = drawReflections({ decay, directRatio: 0 }, 8000, new Random(3));
      const part = all.filter(
        ({ delay }) => delay >= from * decay * 8000 && delay < (from + 0.5) * decay * 8000,
      );
      return part.reduce((sum, { factor }) => sum + factor ** 2, 0);
    });
    expect(10 * Math.log10((energies[0] as number) / (energies[1] as number))).toBeCloseTo(30, -0.5);
  });

  it('is causal: what comes later changes nothing before', async () => {
    const [sound, later] = [noise(4000), noise(4000)];
    later.fill(0, 2000);
    const [one, other] = [await heard('reverberation', {}, sound), await heard('reverberation', {}, later)];
    expect(one.slice(0, 2000)).toEqual(other.slice(0, 2000));
    expect(one.slice(2000)).not.toEqual(other.slice(2000));
  });
});
