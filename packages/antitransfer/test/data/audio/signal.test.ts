import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixNoise } from '../../../src/data/audio/mix-noise.js';
import { ClipReader, readClip } from '../../../src/data/audio/read-clip.js';
import { Resampler, resample } from '../../../src/data/audio/resample.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import { UserError } from '../../../src/errors.js';

function sine(frequency: number, sampleRate: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / sampleRate));
}

function largestDifference(a: Float32Array, b: Float32Array, edge: number): number {
  return a.subarray(edge, -edge).reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i + edge]!)), 0);
}

function meanPower(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

describe('resample', () => {
  it.each([
    [22050, 16000],
    [8000, 16000],
    [48000, 8000],
    [44100, 22050],
    [16480, 8000],
  ])('from %d to %d Hz keeps a sine, its phase and the length', async (from, to) => {
    for (const length of [from, from + 1, 4321]) {
      const resampled = await resample(sine(1000, from, length), from, to);
      expect(resampled.length).toBe(Math.round((length * to) / from));
      expect(largestDifference(resampled, sine(1000, to, resampled.length), 300)).toBeLessThan(1e-4);
    }
  });

  it.each([9000, 10000])('leaves nothing of %d Hz above -60 dB at 16000 Hz', async (frequency) => {
    const resampled = await resample(sine(frequency, 22050, 22050), 22050, 16000);
    const power = meanPower(resampled.subarray(500, -500));
    expect(10 * Math.log10(power / 0.5)).toBeLessThan(-60);
  });

  it('joins the blocks of a long recording without a seam', async () => {
    const resampler = await Resampler.create();
    const resampled = resampler.resample(sine(440, 22050, 1_300_001), 22050, 16000);
    expect(resampled.length).toBe(Math.round((1_300_001 * 16000) / 22050));
    expect(largestDifference(resampled, sine(440, 16000, resampled.length), 300)).toBeLessThan(1e-4);
  });

  it('serves several rates in turn', async () => {
    const resampler = await Resampler.create();
    const first = resampler.resample(sine(1000, 22050, 5000), 22050, 16000);
    resampler.resample(sine(1000, 8000, 5000), 8000, 16000);
    expect(resampler.resample(sine(1000, 22050, 5000), 22050, 16000)).toEqual(first);
  });

  it('refuses a rate that is none', async () => {
    await expect(resample(new Float32Array(9), 16000, 0)).rejects.toThrow(/whole number of Hz.*got 0/);
  });
});

describe('mixNoise', () => {
  const random = new Random(3);
  const speech = Float32Array.from({ length: 8000 }, () => 0.2 * random.normal());

  it.each([
    [-5, 8000],
    [0, 20000],
    [10, 777],
    [37.5, 8000],
  ])('mixes at %d dB with %d samples of noise', (snr, length) => {
    const noise = Float32Array.from({ length }, () => random.uniform() - 0.5);
    const added = mixNoise(speech, noise, snr).map((sample, i) => sample - speech[i]!);
    expect(Math.abs(10 * Math.log10(meanPower(speech) / meanPower(added)) - snr)).toBeLessThan(0.01);
    // Short noise is repeated, so what was added has its shape.
    const gain = added[0]! / noise[0]!;
    expect(
      added[length % speech.length]! / noise[length < speech.length ? 0 : length % speech.length]!,
    ).toBeCloseTo(gain);
  });

  it('refuses a ratio that makes infinity', () => {
    expect(() => mixNoise(speech, speech, -1000)).toThrow(/Noise at -1000 dB is louder than numbers/);
  });

  it('refuses silence', () => {
    expect(() => mixNoise(new Float32Array(5), speech, 3)).toThrow(UserError);
    expect(() => mixNoise(speech, new Float32Array(5), 3)).toThrow(/noise.*silent/);
  });
});

describe('ClipReader', () => {
  let folder: string;
  let speechPath: string;
  let noisePath: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-clip-'));
    speechPath = join(folder, 'speech.wav');
    noisePath = join(folder, 'noise.wav');
    await writeFile(
      speechPath,
      encodeWav(
        sine(500, 16000, 16000).map((x) => 0.5 * x),
        16000,
      ),
    );
    await writeFile(
      noisePath,
      encodeWav(
        sine(1234, 8000, 24000).map((x, i) => (i < 8000 ? 0 : 0.1 * x)),
        8000,
      ),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('cuts a segment and resamples it', async () => {
    const samples = await readClip(
      { id: 'a', path: speechPath, start: 0.25, duration: 0.5, labels: {} },
      8000,
    );
    expect(samples.length).toBe(4000);
    const whole = sine(500, 8000, 8000).map((x) => 0.5 * x);
    expect(largestDifference(samples, whole.subarray(2000, 6000), 1)).toBeLessThan(1e-3);
  });

  it('mixes in the noise from its start, at its ratio', async () => {
    const reader = new ClipReader();
    const clip = { id: 'a', path: speechPath, labels: {} };
    const clean = await reader.read(clip, 16000);
    const noisy = await reader.read({ ...clip, noise: { path: noisePath, start: 1.5, snr: 6 } }, 16000);
    const added = noisy.map((sample, i) => sample - clean[i]!);
    expect(10 * Math.log10(meanPower(clean) / meanPower(added))).toBeCloseTo(6, 2);
    // The segment is the noise's sine, at the clip's rate, beginning 1.5 s into it.
    const segment = sine(1234, 16000, 40000).subarray(24000);
    const amplitude = Math.sqrt(2 * meanPower(added));
    expect(
      largestDifference(
        added,
        segment.map((x) => amplitude * x),
        500,
      ),
    ).toBeLessThan(1e-3);
  });

  it('says when the segment or the noise is not there', async () => {
    const read = (clip: object) => readClip({ id: 'a', path: speechPath, labels: {}, ...clip }, 16000);
    await expect(read({ start: 2 })).rejects.toThrow(/ends at 1 s, before the segment at 2 s/);
    await expect(read({ start: Number.NaN })).rejects.toThrow(/before the segment at NaN s/);
    await expect(read({ start: 0.5, duration: Number.NaN })).rejects.toThrow(/asks for NaN s from 0.5 s/);
    await expect(read({ start: 0.5, duration: 1 })).rejects.toThrow(/asks for 1 s from 0.5 s/);
    await expect(read({ noise: { path: noisePath, start: 9, snr: 0 } })).rejects.toThrow(
      /before the noise at 9 s/,
    );
    // The noise recording begins with a second of silence; a segment of 0.5 s hears nothing else.
    const silent = read({ duration: 0.5, noise: { path: noisePath, start: 0, snr: 0 } });
    await expect(silent).rejects.toThrow(/noise\.wav" is silent/);
  });
});
