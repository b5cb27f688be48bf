import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { resample } from '../../src/data/audio/resample.js';
import { StreamResampler } from '../../src/listening/stream-resampler.js';

/** What browsers have, to what models have. */
const rates = [
  [8000, 8000],
  [16000, 8000],
  [44100, 8000],
  [48000, 8000],
  [44100, 16000],
  [48000, 16000],
  [96000, 16000],
  [22050, 16000],
  [16000, 22050],
  [8000, 16000],
] as const;

function inParts(samples: Float32Array, from: number, to: number, sizes: () => number): Float32Array {
  const resampler = new StreamResampler(from, to);
  const parts: number[] = [];
  for (let at = 0; at < samples.length; ) {
    const size = sizes();
    parts.push(...resampler.push(samples.subarray(at, at + size)));
    at += size;
  }
  parts.push(...resampler.end());
  return Float32Array.from(parts);
}

const tone = (frequency: number, rate: number, seconds = 0.5) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) =>
    Math.sin((2 * Math.PI * frequency * i) / rate),
  );

/** Root mean square, without what the ends bring. */
const level = (samples: Float32Array) => {
  const inner = samples.subarray(samples.length / 5, (4 * samples.length) / 5);
  return Math.sqrt(inner.reduce((sum, value) => sum + value ** 2, 0) / inner.length);
};

describe.each(rates)('from %i to %i Hz', (from, to) => {
  it('the same samples become the same in whatever parts they come, as many as last equally long', () => {
    const random = new Random(5);
    const samples = Float32Array.from({ length: 7321 }, () => random.uniform() - 0.5);
    const whole = inParts(samples, from, to, () => samples.length);
    expect(whole).toHaveLength(Math.round((samples.length * to) / from));
    for (const sizes of [() => 128, () => 1, () => random.integer(1, 900)]) {
      expect(inParts(samples, from, to, sizes)).toEqual(whole);
    }
  });

  it('a tone within the band is what it was, where it was', () => {
    for (const share of [0.01, 0.3, 0.6, 0.9]) {
      const frequency = (share * Math.min(from, to)) / 2;
      const converted = inParts(tone(frequency, from), from, to, () => 128);
      const wanted = tone(frequency, to).subarray(0, converted.length);
      const error = level(converted.map((value, i) => value - (wanted[i] ?? 0)));
      expect(error, `${frequency} Hz`).toBeLessThan(1e-4);
    }
  });

  it('a tone beyond the band is gone, by 80 dB', () => {
    if (to >= from) return;
    for (const share of [1.001, 1.2, 1.7]) {
      const frequency = Math.min((share * to) / 2, 0.499 * from);
      const converted = inParts(tone(frequency, from), from, to, () => 128);
      expect(level(converted), `${frequency} Hz`).toBeLessThan(1e-4 * Math.SQRT1_2);
    }
  });

  it('sound is as recordings are that training reads', async () => {
    const sweep = Float32Array.from(
      { length: from / 2 },
      (_, i) => 0.5 * Math.sin((Math.PI * 0.8 * Math.min(1, to / from) * i * i) / from),
    );
    const converted = inParts(sweep, from, to, () => 512);
    const recorded = await resample(sweep, from, to);
    expect(converted).toHaveLength(recorded.length);
    expect(level(converted.map((value, i) => value - (recorded[i] ?? 0)))).toBeLessThan(2e-3);
  });
});

it('a constant stays the same constant', () => {
  const converted = inParts(new Float32Array(20_000).fill(0.25), 48000, 8000, () => 777);
  for (const value of converted.subarray(200, -200)) expect(value).toBeCloseTo(0.25, 6);
});

it('refuses what is no rate, with its value', () => {
  for (const rate of [0, 999, 44100.5, Number.NaN, 1e6]) {
    expect(() => new StreamResampler(rate, 8000)).toThrow(`from 1000 to 768000; got ${rate}`);
    expect(() => new StreamResampler(8000, rate)).toThrow(`from 1000 to 768000; got ${rate}`);
  }
});
