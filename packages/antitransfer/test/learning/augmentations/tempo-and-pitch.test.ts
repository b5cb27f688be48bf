import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../../src/data/audio/decode.js';
import { stretch } from '../../../src/data/audio/stretch.js';
import { realData } from '../../data/corpora/real-data.js';
import { heard, noise, powerAt, powerOf } from './sounds.js';

const rate = 8000;
const tone = (frequency: number, samples = rate) =>
  Float32Array.from({ length: samples }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / rate));

/** The frequency at which a quarter of a second in the middle of a sound has most power, in Hz. */
function peakOf(samples: Float32Array): number {
  const middle = samples.slice(samples.length / 2 - rate / 8, samples.length / 2 + rate / 8);
  let [most, found] = [0, 0];
  for (let frequency = 60; frequency < 2000; frequency += 4) {
    const power = powerAt(middle, frequency / rate);
    if (power > most) [most, found] = [power, frequency];
  }
  return found;
}

const decibels = (one: Float32Array, other: Float32Array) => 10 * Math.log10(powerOf(one) / powerOf(other));

describe('a stretched sound', () => {
  it.each([0.5, 0.8, 1.25, 2])(
    'at a factor of %d has its frequency and level, and another length',
    (factor) => {
      const stretched = stretch(tone(440), factor, rate);
      expect(stretched).toHaveLength(Math.round(rate / factor));
      expect(peakOf(stretched)).toBe(440);
      expect(Math.abs(decibels(stretched, tone(440)))).toBeLessThan(0.2);
      // No window is at odds with the one before.
      const middle = stretched.slice(400, -400);
      const pure = (powerAt(middle, 440 / rate) * 2) / middle.length ** 2;
      expect(pure / powerOf(middle)).toBeGreaterThan(0.98);
    },
  );

  it('is as long at every rate as its factor says, and in time', () => {
    for (const [samples, factor] of [
      [3, 0.8],
      [100, 3],
      [4001, 0.9],
    ] as const)
      expect(stretch(tone(300, samples), factor, rate)).toHaveLength(Math.round(samples / factor));
    const clicks = new Float32Array(rate);
    for (const at of [1000, 3000, 6000]) clicks[at] = 1;
    const stretched = stretch(clicks, 0.8, rate);
    for (const at of [1250, 3750, 7500]) {
      const near = stretched.slice(at - 160, at + 160);
      expect(powerOf(near)).toBeGreaterThan(0);
    }
    expect(powerOf(stretched.slice(1500, 3500))).toBe(0);
  });

  it('at a factor of 1 is the sound itself', () => {
    const sound = noise(5000);
    const same = stretch(sound, 1, rate);
    for (const [i, sample] of same.entries())
      expect(Math.abs(sample - (sound[i] as number))).toBeLessThan(1e-6);
  });
});

describe('tempo', () => {
  it('is filled with silence, or cut, at the same pitch', async () => {
    const faster = await heard('tempo', { slowest: 1.25, fastest: 1.25 }, tone(440));
    expect(faster).toHaveLength(rate);
    expect(faster.slice(rate / 1.25).every((sample) => sample === 0)).toBe(true);
    expect(peakOf(faster.slice(0, rate / 1.25))).toBe(440);
    const slower = await heard('tempo', { slowest: 0.8, fastest: 0.8 }, tone(440));
    expect(peakOf(slower)).toBe(440);
    expect(powerOf(slower.slice(-400))).toBeCloseTo(0.125, 2);
  });

  it('is drawn between its bounds', async () => {
    const ends = await Promise.all(
      Array.from({ length: 40 }, async (_, clip) => {
        const played = await heard('tempo', { slowest: 1.1, fastest: 1.3 }, tone(200, 4000), clip);
        return 4000 / (played.findLastIndex((sample) => sample !== 0) + 1);
      }),
    );
    expect(Math.min(...ends)).toBeGreaterThan(1.095);
    expect(Math.max(...ends)).toBeLessThan(1.31);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.13);
  });
});

describe('pitch', () => {
  it.each([
    [12, 880],
    [-12, 220],
    [7, 660],
  ])('by %d semitones has its peak at %d Hz, and the same length', async (semitones, frequency) => {
    const moved = await heard('pitch', { lowest: semitones, highest: semitones }, tone(440));
    expect(moved).toHaveLength(rate);
    expect(Math.abs(peakOf(moved) - frequency)).toBeLessThanOrEqual(4);
    // To the end: the tempo is the same.
    expect(powerOf(moved.slice(-600, -200))).toBeCloseTo(0.125, 1);
    expect(Math.abs(decibels(moved, tone(440)))).toBeLessThan(0.5);
  });

  it('is drawn between its bounds, lower ones too', async () => {
    const peaks = await Promise.all(
      Array.from({ length: 20 }, async (_, clip) =>
        peakOf(await heard('pitch', { lowest: -4, highest: 4 }, tone(440, 4000), clip)),
      ),
    );
    expect(Math.min(...peaks)).toBeGreaterThan(340);
    expect(Math.max(...peaks)).toBeLessThan(562);
    expect(Math.min(...peaks)).toBeLessThan(400);
    expect(Math.max(...peaks)).toBeGreaterThan(480);
  });
});

const { path, absent } = realData('fsdd/recordings');
describe.skipIf(absent)('of speech', () => {
  it('keeps the level, and is finite', async () => {
    const names = (await readdir(path)).filter((name) => /^[0-4]_.*_0\.wav$/.test(name)).sort();
    expect(names.length).toBeGreaterThan(20);
    for (const [kind, settings] of [
      ['pitch', { lowest: 3, highest: 3 }],
      ['pitch', { lowest: -3, highest: -3 }],
      ['tempo', { slowest: 1.2, fastest: 1.2 }],
      ['tempo', { slowest: 0.85, fastest: 0.85 }],
    ] as const) {
      const louder: number[] = [];
      for (const name of names) {
        const { samples } = await decodeAudioFile(join(path, name));
        // Room for what is slower.
        const segment = new Float32Array(Math.ceil(samples.length * 1.25));
        segment.set(samples);
        const changed = await heard(kind, settings, segment);
        expect(changed.every(Number.isFinite)).toBe(true);
        const shorter = kind === 'tempo' ? settings.slowest : 1;
        louder.push(decibels(changed, segment) + 10 * Math.log10(shorter));
      }
      expect(Math.abs(median(louder)), kind).toBeLessThan(0.4);
      expect(Math.max(...louder.map(Math.abs)), kind).toBeLessThan(2.5);
    }
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
