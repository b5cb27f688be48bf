import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../src/data/audio/read-clip.js';
import { encodeWav } from '../../src/data/audio/wav.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { type PredictProgress, predictClips, predictEach } from '../../src/inference/predict-clips.js';
import { mean } from '../../src/numbers/mean.js';
import { writeLargeMp3 } from '../data/audio/large-mp3.js';
import { modelWith } from './models.js';

const RATE = 8000;
const SEGMENT = 3200;

let folder: string;
let model: DeployedModel;
const clip = (name: string) => ({ id: name, path: join(folder, name), labels: {} });

/** A sound that changes all the time, so that every window is another. */
const sweep = (length: number) =>
  Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((0.1 + (2 * i) / length) * i));

/** As they are read back from 16 bits. */
const rounded = (samples: Float32Array) => samples.map((sample) => Math.round(32768 * sample) / 32768);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-windows-'));
  // Weights large enough for answers that differ.
  await writeFile(
    join(folder, 'model.onnx'),
    modelWith(['a', 'b', 'c'], (weight) => 6 * weight),
  );
  model = await DeployedModel.open(join(folder, 'model.onnx'));
  await writeFile(join(folder, 'long.wav'), encodeWav(sweep(10 * SEGMENT + 500), RATE));
  await writeFile(join(folder, 'short.wav'), encodeWav(sweep(SEGMENT - 100), RATE));
  await writeFile(join(folder, 'click.wav'), encodeWav(sweep(0.005 * RATE), RATE));
  await writeFile(join(folder, 'silence.wav'), encodeWav(new Float32Array(3 * SEGMENT), RATE));
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

/** What the model itself says of some samples, padded to its segment. */
async function directly(samples: Float32Array): Promise<number[]> {
  const segment = new Float32Array(SEGMENT);
  segment.set(samples);
  const [answer] = await model.probabilities(segment);
  return Array.from(answer ?? []);
}

describe('a clip longer than the model’s segment', () => {
  it('is heard in windows to its end, and the mean of their probabilities is its answer', async () => {
    const { predictions, problems } = await predictClips(model, [clip('long.wav')], { batch: 4 });
    expect(problems).toEqual([]);
    const [long] = predictions;
    const windows = long?.windows ?? [];
    expect(windows).toHaveLength(20);
    expect(windows.map(({ start }) => start)).toEqual(Array.from({ length: 20 }, (_, i) => i / 5));
    expect(windows.at(-1)?.end).toBe((10 * SEGMENT + 500) / RATE);
    const samples = rounded(sweep(10 * SEGMENT + 500));
    for (const [i, { label, probabilities }] of windows.entries()) {
      const expected = await directly(samples.slice((i * SEGMENT) / 2, (i * SEGMENT) / 2 + SEGMENT));
      for (const [j, probability] of probabilities.entries())
        expect(probability).toBeCloseTo(expected[j]!, 4);
      expect(label).toBe(['a', 'b', 'c'][probabilities.indexOf(Math.max(...probabilities))]);
    }
    for (const [j, probability] of (long?.probabilities ?? []).entries()) {
      expect(probability).toBeCloseTo(mean(windows.map(({ probabilities }) => probabilities[j]!)), 10);
    }
    // Else the test would hold for whoever hears one window only.
    const spreads = [0, 1, 2].map((j) => {
      const answers = windows.map(({ probabilities }) => probabilities[j]!);
      return Math.max(...answers) - Math.min(...answers);
    });
    expect(Math.max(...spreads)).toBeGreaterThan(0.01);
  });

  it('is heard the same when it is read in parts', async () => {
    const whole = await predictClips(model, [clip('long.wav')], { batch: 3, segments: { hop: 0.13 } });
    const parts = await predictClips(model, [clip('long.wav')], {
      batch: 3,
      segments: { hop: 0.13 },
      wholeBytes: 0,
    });
    expect(parts).toEqual(whole);
  });

  it('is cropped when that is asked for, as in training without segments', async () => {
    const { predictions } = await predictClips(model, [clip('long.wav')], { longer: 'crop' });
    const expected = await directly(rounded(sweep(10 * SEGMENT + 500)).slice(0, SEGMENT));
    expect(predictions[0]?.windows).toHaveLength(1);
    expect(predictions[0]?.probabilities).toEqual(expected);
  });

  it('is cropped however large its file is, as training takes it', async () => {
    await writeLargeMp3(join(folder, 'large.mp3'));
    const large = [clip('large.mp3')];
    const { predictions } = await predictClips(model, large, { longer: 'crop' });
    const expected = await directly((await readClip(clip('large.mp3'), RATE)).slice(0, SEGMENT));
    expect(predictions[0]?.probabilities).toEqual(expected);
    // In windows it is heard, too, to its end.
    const { predictions: inWindows, problems: none } = await predictClips(model, large);
    expect(none).toEqual([]);
    expect(inWindows[0]?.windows.length).toBeGreaterThan(1);
  });

  it('has the windows of the training where the model has learned from windows', async () => {
    const segments = { hop: 0.4, minimum: 0.1, minimumPeak: 0.2 };
    const path = join(folder, 'windows.onnx');
    await writeFile(
      path,
      modelWith(['a', 'b', 'c'], (weight) => weight, { segments }),
    );
    const trained = await DeployedModel.open(path);
    expect(trained.card.segments).toEqual(segments);
    const { predictions } = await predictClips(trained, [clip('long.wav'), clip('short.wav')]);
    expect(predictions[0]?.windows.map(({ label }) => label !== undefined)).toEqual([
      ...Array<boolean>(10).fill(true),
      // 500 samples are less than 0.1 s.
      false,
    ]);
    const loud = await predictClips(trained, [clip('short.wav')], { segments: { minimumPeak: 0.6 } });
    expect(loud.predictions[0]).toMatchObject({ label: undefined, probabilities: [] });
    await trained.close();
  });
});

describe('clips of all lengths', () => {
  it('are answered in their order, whatever batches they share; with nothing to hear they have no label', async () => {
    const names = ['click.wav', 'long.wav', 'none.wav', 'short.wav', 'silence.wav', 'short.wav'];
    const answers: [string, number | string][] = [];
    for await (const answer of predictEach(model, names.map(clip), { batch: 7 })) {
      if (answer instanceof Error) answers.push(['none.wav', answer.reason]);
      else answers.push([answer.clip.id, answer.label === undefined ? 'nothing' : answer.windows.length]);
    }
    expect(answers).toEqual([
      ['click.wav', 'nothing'],
      ['long.wav', 20],
      ['none.wav', 'missing'],
      ['short.wav', 1],
      ['silence.wav', 'nothing'],
      ['short.wav', 1],
    ]);
  });

  it('say how far they are, within a clip too, and stop when they are told', async () => {
    const told: PredictProgress[] = [];
    await predictClips(model, [clip('long.wav'), clip('short.wav')], {
      batch: 5,
      onProgress: (progress) => told.push(progress),
    });
    expect(told.filter(({ done }) => done === 0).map(({ within }) => within)).toEqual([
      0,
      ...Array.from({ length: 19 }, (_, i) => (i * SEGMENT * 0.5 + SEGMENT) / (10 * SEGMENT + 500)),
      1,
    ]);
    expect(told.at(-1)).toEqual({ done: 2, total: 2, within: 0 });

    const controller = new AbortController();
    const stopped = predictClips(model, [clip('long.wav')], {
      batch: 5,
      signal: controller.signal,
      onProgress: ({ within }) => within > 0 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/);
  });

  it('refuse a hop that leaves gaps', async () => {
    await expect(predictClips(model, [clip('long.wav')], { segments: { hop: 1 } })).rejects.toThrow(
      /A hop of 1 s is longer than a segment, 0.4 s/,
    );
  });
});
