import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../src/data/audio/read-clip.js';
import { encodeWav } from '../../src/data/audio/wav.js';
import { placeSamples } from '../../src/data/features/segment.js';
import { featureSettings } from '../../src/data/features/settings.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import { RATE, spoken } from '../listening/spoken.js';
import { modelWith } from './models.js';

const SEGMENT = 0.4 * RATE;
const words = [
  [0.5, 0.75],
  [1.3, 1.6],
  [11, 11.9],
] as const;

let folder: string;
const clip = () => ({ id: 'words', path: join(folder, 'words.wav'), labels: {} });
/** To the bit as they are heard: where they stand at random depends on every one. */
const samples = () => readClip(clip(), RATE);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-sounds-'));
  await writeFile(join(folder, 'words.wav'), encodeWav(spoken(13, words), RATE));
});
afterAll(() => rm(folder, { recursive: true }));

async function withModel<T>(
  placement: 'start' | 'centre' | 'random',
  use: (model: DeployedModel) => Promise<T>,
): Promise<T> {
  const path = join(folder, `${placement}.onnx`);
  const features = { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256, placement };
  await writeFile(
    path,
    modelWith(['a', 'b', 'c'], (weight) => 6 * weight, { features: featureSettings.parse(features) }),
  );
  const model = await DeployedModel.open(path);
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

describe.each(['start', 'centre', 'random'] as const)(
  'sounds where training has them at: %s',
  (placement) => {
    it('are heard as clips of their own are, each from where it begins', async () => {
      await withModel(placement, async (model) => {
        const { predictions } = await predictClips(model, [clip()], { sounds: {} });
        const windows = predictions[0]?.windows ?? [];
        // The last is longer than two segments, and its rest shorter than a half.
        expect(windows).toHaveLength(4);
        for (const { start, end, probabilities } of windows) {
          const own = (await samples()).slice(Math.round(start * RATE), Math.round(end * RATE));
          const segment = new Float32Array(SEGMENT);
          placeSamples(own, segment, placement);
          const [expected = []] = await model.probabilities(segment);
          for (const [i, value] of probabilities.entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 5);
        }
      });
    });

    it('are the same when the file is read in parts, and the next time', async () => {
      await withModel(placement, async (model) => {
        const whole = await predictClips(model, [clip()], { sounds: {} });
        expect(await predictClips(model, [clip()], { sounds: {}, wholeBytes: 0 })).toEqual(whole);
        expect(await predictClips(model, [clip()], { sounds: {} })).toEqual(whole);
      });
    });
  },
);

it('placed at random, a sound is at the same place wherever it is heard, and others are elsewhere', async () => {
  await withModel('random', async (model) => {
    const heard = await samples();
    const places = words.slice(0, 2).map(([from, to]) => {
      const own = heard.slice(from * RATE, to * RATE);
      const segment = new Float32Array(SEGMENT);
      placeSamples(own, segment, model.card.features.placement);
      return segment.findIndex((value) => value !== 0);
    });
    expect(new Set(places).size).toBe(2);
    for (const place of places) {
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(SEGMENT);
    }
  });
});

it('are heard of bytes that are in no file, as in the file', async () => {
  await withModel('start', async (model) => {
    const { predictions } = await predictClips(model, [clip()], { sounds: {} });
    const bytes = await readFile(clip().path);
    const nowhere = { id: 'words', path: 'nowhere', labels: {} };
    const read: string[] = [];
    const load = async (path: string) => {
      read.push(path);
      return bytes;
    };
    const heard = await predictClips(model, [nowhere], { sounds: {}, load });
    expect(read).toEqual(['nowhere']);
    expect(heard.predictions.map(({ windows }) => windows)).toEqual(
      predictions.map(({ windows }) => windows),
    );
    const { problems } = await predictClips(model, [nowhere], {
      sounds: {},
      load: async () => new Uint8Array(),
    });
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('"nowhere"')]);
  });
});
