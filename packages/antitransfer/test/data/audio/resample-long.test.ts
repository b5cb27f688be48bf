import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipReader } from '../../../src/data/audio/read-clip.js';
import { Resampler } from '../../../src/data/audio/resample.js';
import { encodeWav } from '../../../src/data/audio/wav.js';

/** In Hz; 0.75 of the lowest Nyquist frequency, so every filter passes it. */
const TONE = 3000;
const SECONDS = 200;

/** A call converts a million samples: this many, of the higher rate, are two blocks. */
const TWO_BLOCKS = 1_300_000;

/** Samples of the lower rate at the recording's ends that lack neighbours. */
const EDGE = 64;

/** The converter's noise is 120 dB down; one wrong or missing sample is 60 dB more. */
const LARGEST_ERROR = 1e-4;

/** One period of whole samples, repeated: much faster than a sine for each sample. */
function tone(sampleRate: number, length: number): Float32Array {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const period = sampleRate / divisor(TONE, sampleRate);
  const one = Float32Array.from({ length: period }, (_, i) =>
    Math.sin((2 * Math.PI * TONE * i) / sampleRate),
  );
  const samples = new Float32Array(length);
  for (let start = 0; start < length; start += period) {
    samples.set(one.subarray(0, Math.min(period, length - start)), start);
  }
  return samples;
}

function largestError(found: Float32Array, ideal: Float32Array, edge: number): number {
  let largest = 0;
  for (let i = edge; i < found.length - edge; i++) {
    const error = Math.abs(found[i]! - ideal[i]!);
    // Not Math.max alone: a sample that is no number must count.
    if (!(error <= largest)) largest = error;
  }
  return largest;
}

describe('long recordings', () => {
  let resampler: Resampler;
  beforeAll(async () => {
    resampler = await Resampler.create();
  });

  const targets = [8000, 16000, 22050, 44100, 48000];
  const ideals = new Map<number, Float32Array>();
  beforeAll(() => {
    for (const to of targets) ideals.set(to, tone(to, SECONDS * to + 2));
  });

  /**
   * Up to 16 and 22.05 kHz, which is quick, all of it; for the other pairs two blocks, of 6 s or more. All of every pair,
   * in some minutes, with `RESAMPLING=whole`.
   */
  const isWhole = process.env.RESAMPLING === 'whole';
  const lengthFor = (from: number, to: number) =>
    Math.ceil(
      isWhole || (from < to && to <= 22050)
        ? SECONDS * from
        : Math.min(SECONDS * from, (TWO_BLOCKS * from) / Math.max(from, to)),
    );

  it.each([8000, 11025, 16000, 44100, 48000, 96000, 192000])(
    'at %d Hz are whole, and right to the last block, at every rate',
    (from) => {
      const recording = tone(from, SECONDS * from + 1);
      for (const to of targets) {
        // One more, so that the last block is short and the length must be rounded.
        const some = recording.subarray(0, lengthFor(from, to) + 1);
        const resampled = resampler.resample(some, from, to);
        expect(resampled.length, `${to} Hz`).toBe(Math.round((some.length * to) / from));
        const edge = Math.ceil(EDGE * Math.max(1, to / from));
        expect(largestError(resampled, ideals.get(to)!, edge), `${to} Hz`).toBeLessThan(LARGEST_ERROR);
      }
    },
    isWhole ? 600_000 : 60_000,
  );

  it.each([
    [1000, 192000],
    [192000, 1000],
    [1009, 191999],
    [191999, 16000],
    [191999, 192000],
    [44101, 16000],
    [12345, 48000],
  ])('of odd rates too: %d to %d Hz has the length and the level', (from, to) => {
    const frequency = Math.min(from, to) / 5;
    const length = Math.ceil(2_500_000 / Math.max(1, to / from));
    const recording = Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / from));
    const resampled = resampler.resample(recording, from, to);
    expect(resampled.length).toBe(Math.round((length * to) / from));
    const ideal = Float32Array.from(resampled, (_, i) => Math.sin((2 * Math.PI * frequency * i) / to));
    const edge = Math.ceil(EDGE * Math.max(1, to / from));
    expect(largestError(resampled, ideal, edge)).toBeLessThan(LARGEST_ERROR);
  });

  it('answers the last sample of a short recording too', () => {
    // Half a sample more than 2160: the library alone answers 2160, and the rest would be silence.
    const resampled = resampler.resample(new Float32Array(4321).fill(0.5), 44100, 22050);
    expect(resampled.length).toBe(2161);
    expect(Math.abs(resampled[2160]!)).toBeGreaterThan(0.1);
  });
});

describe('a clip deep in a long recording', () => {
  let folder: string;
  const reader = new ClipReader();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-long-'));
    await writeFile(join(folder, 'long.wav'), encodeWav(tone(8000, SECONDS * 8000), 8000));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [123.6, 16000],
    [124, 16000],
    [186.2, 16000],
    [199.2, 16000],
    [150, 48000],
  ])('from %d s on is sound, not silence, at %d Hz', async (start, rate) => {
    const clip = { id: 'a', path: join(folder, 'long.wav'), labels: {}, start, duration: 0.8 };
    const samples = await reader.read(clip, rate);
    expect(samples.length).toBe(Math.round(0.8 * rate));
    const ideal = tone(rate, SECONDS * rate).subarray(Math.round(start * rate));
    const edge = Math.ceil((EDGE * rate) / 8000);
    expect(largestError(samples, ideal, edge)).toBeLessThan(LARGEST_ERROR);
  });
});
