import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Clip } from '../../../src/data/clip.js';
import { listNoises, type NoiseRecording } from '../../../src/data/corpora/add-noise.js';
import { noiseType, noisyClips } from '../../../src/data/corpora/noisy-clips.js';
import { UserError } from '../../../src/errors.js';

const RATE = 8000;
const names = ['Babble_1', 'Babble_2', 'Babble_3', 'Typing_1', 'pink_noise'];
const levels = [20, 25, 30, 35, 40];
let folder: string;
let noises: NoiseRecording[];
let speech: string;

/** A tone as loud in every part of it. */
const tone = (frequency: number, seconds: number, amplitude: number) =>
  Float32Array.from(
    { length: seconds * RATE },
    (_, i) => amplitude * Math.sin((i * 2 * Math.PI * frequency) / RATE),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noisy-'));
  for (const name of names) await writeFile(join(folder, `${name}.wav`), encodeWav(tone(1000, 2, 0.5), RATE));
  noises = await listNoises(folder);
  speech = join(folder, 'speech.flac.wav');
  await writeFile(speech, encodeWav(tone(250, 1, 0.25), RATE));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const clipsOf = (count: number): Clip[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `clip-${i}`,
    path: speech,
    labels: { digit: String(i % 10) },
  }));
const noisy = (clips: readonly Clip[], seed = 0) =>
  noisyClips(clips, noises, { levels, seconds: 1 }, new Random(seed));

describe('noise at random', () => {
  it('has each type and each level equally often, whatever a type has of recordings', () => {
    const clips = noisy(clipsOf(3000));
    const share = (column: string, label: string) =>
      clips.filter(({ labels }) => labels[column] === label).length / clips.length;
    for (const type of ['Babble', 'Typing', 'pink_noise']) expect(share('noise', type)).toBeCloseTo(1 / 3, 1);
    for (const level of levels) expect(share('snr', String(level))).toBeCloseTo(1 / 5, 1);
    const paths = new Set(clips.map(({ noise }) => noise?.path));
    expect(paths.size).toBe(names.length);
    const both = clips.filter(({ labels }) => labels.noise === 'Typing' && labels.snr === '20').length;
    expect(both / clips.length).toBeCloseTo(1 / 15, 1);
  });

  it('begins so that it lasts as long as a clip', () => {
    const starts = noisy(clipsOf(500)).map(({ noise }) => noise?.start ?? -1);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...starts)).toBeLessThanOrEqual(1);
    expect(Math.max(...starts)).toBeGreaterThan(0.9);
  });

  it('is heard of the part that is given, from the start of each recording', () => {
    const options = { levels, seconds: 0.5, part: 0.5 };
    const starts = noisyClips(clipsOf(500), noises, options, new Random(0)).map(
      ({ noise }) => noise?.start ?? -1,
    );
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...starts)).toBeLessThanOrEqual(0.5);
    expect(Math.max(...starts)).toBeGreaterThan(0.45);
    expect(() => noisyClips(clipsOf(1), noises, { ...options, part: 0.2 }, new Random(0))).toThrow(
      /lasts 2 s: a part of 0.2 of it has no segment of 0.5 s/,
    );
  });

  it('is a matter of the clip and the seed only', () => {
    const all = noisy(clipsOf(40));
    const some = noisy(clipsOf(40).reverse().slice(5, 9));
    for (const clip of some) expect(all).toContainEqual(clip);
    expect(noisy(clipsOf(40), 1)).not.toEqual(all);
  });

  it('is heard at its level', async () => {
    const clean = await readClip({ id: 'clean', path: speech, labels: {} }, RATE);
    for (const clip of noisy(clipsOf(12))) {
      const mixed = await readClip(clip, RATE);
      const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0);
      const level = 10 * Math.log10(power(clean) / power(mixed.map((x, i) => x - (clean[i] ?? 0))));
      expect(level).toBeCloseTo(Number(clip.labels.snr), 2);
      expect(clip.labels.digit).toBeDefined();
    }
  });

  it('is refused where a clip has noise or such a column, and without noises or levels', () => {
    const [clip] = clipsOf(1);
    const refused = (clips: readonly Clip[], message: RegExp) => {
      expect(() => noisy(clips)).toThrow(UserError);
      expect(() => noisy(clips)).toThrow(message);
    };
    refused(
      noisy(clipsOf(1)).map((one) => ({ ...one, labels: {} })),
      /"clip-0" has noise already/,
    );
    refused([{ ...clip!, labels: { snr: 'low' } }], /"clip-0" has the label "low" in the column snr/);
    expect(() => noisyClips([], [], { levels, seconds: 1 }, new Random(0))).toThrow(/0 noises and 5 levels/);
  });
});

it.each([
  ['Babble_12', 'Babble'],
  ['AirConditioner 3', 'AirConditioner'],
  ['street-07', 'street'],
  ['pink_noise', 'pink_noise'],
  ['440Hz', '440Hz'],
  ['_1', '_1'],
])('the type of the noise %s is %s', (name, type) => {
  expect(noiseType({ name })).toBe(type);
});
