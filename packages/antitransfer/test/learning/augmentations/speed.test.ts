import { describe, expect, it } from 'vitest';
import { heard, powerAt, powerOf } from './sounds.js';

describe('speed', () => {
  const tone = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(0.2 * Math.PI * i));

  it.each([0.8, 1, 1.25])('by a factor of %d moves pitch and length', async (factor) => {
    const played = await heard('speed', { slowest: factor, fastest: factor }, tone);
    const middle = played.slice(500, 2500);
    expect(powerAt(middle, 0.1 * factor) / 1e6).toBeCloseTo(1, 1);
    const end = Math.round(4000 / factor);
    if (end < 4000) expect([...played.slice(end)].every((sample) => sample === 0)).toBe(true);
    else expect(powerOf(played.slice(3500, 3900))).toBeCloseTo(0.5, 1);
  });

  it('is drawn between its bounds', async () => {
    const ends = await Promise.all(
      Array.from({ length: 60 }, async (_, clip) => {
        const played = await heard('speed', { slowest: 1.1, fastest: 1.3 }, tone, clip);
        return 4000 / (played.findLastIndex((sample) => sample !== 0) + 1);
      }),
    );
    expect(Math.min(...ends)).toBeGreaterThan(1.095);
    expect(Math.max(...ends)).toBeLessThan(1.305);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.15);
  });
});
