import { cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProgram, Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeWav, encodeWav } from '../../../src/data/audio/wav.js';
import { DamagedFileError } from '../../../src/files/file-error.js';
import { itemAt } from '../../../src/lookup.js';
import { beginExperiment, type TrainedExperiment } from '../../../src/runs/carry-out-plans.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { ComparisonClips } from '../../../src/runs/folder/comparison-clips.js';
import { ComparisonFolder } from '../../../src/runs/folder/comparison-folder.js';
import { paths } from '../../../src/runs/folder/paths.js';
import { writeTestClips } from '../../../src/runs/folder/test-clips.js';
import { networkJobOf } from '../../../src/runs/plan/plan.js';
import { planExperiment } from '../../../src/runs/plan-experiment.js';
import { Store } from '../../../src/runs/store/store.js';
import { runTiny, tinyConfig, tinyTree, writeTiny } from '../tiny.js';

let root: string;
let trained: TrainedExperiment;
let clips: ComparisonClips;
const cache = 'unused';
const rate = 8000;

/** Of the noisy comparison: clips of 0.4 s in segments of 0.5 s. */
const noisy = (folder: string): ConfigTree => ({
  data: {
    ...(tinyTree(join(folder, 'corpus')).data as ConfigTree),
    noise: join(folder, 'noises'),
    snr: [3, 9],
  },
  split: { kind: 'random', fractions: { train: 0.6, validation: 0.2, test: 0.2 } },
  features: { sampleRate: rate, seconds: 0.5, placement: 'random', bins: 128, pool: 8, hop: 256 },
  methods: ['no-transfer'],
  seeds: 2,
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clips-'));
  await writeTiny(join(root, 'corpus'));
  await mkdir(join(root, 'noises'));
  for (const [i, name] of ['hiss_1', 'hiss_2', 'hum_1'].entries()) {
    const random = new Random(i);
    const samples = Float32Array.from({ length: 2 * rate }, () => 0.05 * random.normal());
    await writeFile(join(root, 'noises', `${name}.wav`), encodeWav(samples, rate));
  }
  trained = (await runTiny(tinyConfig(join(root, 'corpus'), noisy(root)), root)).experiment;
  clips = await ComparisonClips.open(join(root, 'out'), { cache });
}, 120_000);
afterAll(async () => {
  await clips.close();
  await rm(root, { recursive: true, force: true });
});

/** The only channel of a WAV file. */
function samplesOf(bytes: Uint8Array): Float32Array {
  const { channels, sampleRate } = decodeWav(bytes);
  expect(sampleRate).toBe(rate);
  expect(channels).toHaveLength(1);
  return itemAt(channels, 0);
}

const repetitions = [{ seed: 1 }, { seed: 2 }];

const fileOf = (id: string, folder = root) => join(folder, 'corpus', id);

describe('test clips of a comparison', () => {
  it('are those of each seed, with every label and what is mixed in', () => {
    for (const [i, repetition] of repetitions.entries()) {
      const tested = itemAt(trained.data.repetitions, i).test.clips;
      const found = clips.tested(repetition);
      expect(found.map(({ id, labels }) => ({ id, labels }))).toEqual(
        tested.map(({ id, labels }) => ({ id, labels })),
      );
      for (const clip of found) {
        expect(Object.keys(clip.labels).toSorted()).toEqual([
          'digit',
          'list',
          'noise',
          'room',
          'snr',
          'speaker',
        ]);
        expect(clip.noise?.name).toMatch(/^(hiss_[12]|hum_1)$/);
        expect(String(clip.noise?.snr)).toBe(clip.labels.snr);
        expect(clip.windows).toEqual([{ id: clip.id, start: 0 }]);
      }
    }
    const all = clips.tested().map(({ id }) => id);
    const ids = repetitions.flatMap((repetition) => clips.tested(repetition).map(({ id }) => id));
    expect(all.toSorted()).toEqual([...new Set(ids)].toSorted());
    // Else nothing of what follows would tell the seeds apart.
    expect(all.length).toBeGreaterThan(clips.tested({ seed: 1 }).length);
  });

  it('sound as they were given to the networks: in their place, with their noise', async () => {
    for (const { id, noise } of clips.tested()) {
      const heard = samplesOf(await clips.audio(id));
      const clean = samplesOf(await readFile(fileOf(id)));
      const { place } = await clips.features(id);
      const before = Math.round((place?.before ?? Number.NaN) * rate);
      expect(heard.length).toBe(0.5 * rate);
      expect(before + clean.length + Math.round((place?.after ?? Number.NaN) * rate)).toBe(heard.length);
      expect(heard.slice(0, before).every((sample) => sample === 0)).toBe(true);
      expect(heard.slice(before + clean.length).every((sample) => sample === 0)).toBe(true);
      // What is left without the recording is the noise, as loud as the label says.
      const recorded = samplesOf(await readFile(join(root, 'noises', `${noise?.name}.wav`)));
      const first = Math.round((noise?.start ?? Number.NaN) * rate);
      const left = clean.map((sample, i) => itemAt(heard, before + i) - sample);
      const mixed = recorded.slice(first, first + clean.length);
      const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0);
      const product = left.reduce((sum, sample, i) => sum + sample * itemAt(mixed, i), 0);
      expect(product / Math.sqrt(power(left) * power(mixed))).toBeGreaterThan(0.9999);
      expect(10 * Math.log10(power(clean) / power(left))).toBeCloseTo(noise?.snr ?? Number.NaN, 1);
    }
  });

  it('have their recording whole, without noise', async () => {
    for (const { id } of clips.tested().slice(0, 3)) {
      expect(Buffer.from(await clips.whole(id)).equals(await readFile(fileOf(id)))).toBe(true);
    }
  });

  it('have the features that the networks of their seed were given', async () => {
    for (const { repetition, job, assessment } of trained.plan.methods) {
      const key = itemAt(repetitions, repetition);
      const [training, test] = [trained.records.get(job), trained.records.get(assessment)];
      if (training?.kind !== 'target' || test?.kind !== 'assessment') throw new Error('There is a test.');
      const [mean, deviation] = [training.standardisation.mean[0], training.standardisation.deviation[0]];
      const { test: set } = itemAt(trained.data.repetitions, repetition);
      const raw = await trained.store.features.open(
        trained.config.experiment.features,
        (await trained.store.set(set.digest)).clips.map((clip) => clip.key),
      );
      const network = await openProgram(await readFile(trained.store.job(networkJobOf({ job })).network));
      for (const [row, { id }] of set.clips.entries()) {
        const { values, frames, bins, hopSeconds, frequencies, seconds } = await clips.features(id, key);
        expect([frames, bins, hopSeconds, seconds]).toEqual([raw.shape[1], raw.shape[2], 256 / rate, 0.5]);
        expect(frequencies).toHaveLength(bins);
        const stored = new Float32Array(frames * bins);
        await raw.read([row], stored);
        for (const [i, value] of values.entries()) {
          const expected = (itemAt(stored, i) - (mean ?? Number.NaN)) / (deviation ?? Number.NaN);
          expect(Math.abs(value - expected)).toBeLessThan(1e-6);
        }
        const [input = '', output = ''] = [network.inputs[0], network.outputs[0]];
        const fed = { type: 'float32', dims: [1, 1, frames, bins], data: values } as const;
        const logits = (await network.run({ [input]: fed }))[output]?.data as Float32Array;
        const weights = Array.from(logits, (logit) => Math.exp(logit));
        const sum = weights.reduce((total, weight) => total + weight, 0);
        for (const [label, weight] of weights.entries())
          expect(weight / sum).toBeCloseTo(test.probabilities[row]?.[label] ?? Number.NaN, 5);
      }
      await raw.close();
      await network.close();
    }
    const [one, other] = await Promise.all(trained.plan.methods.map(({ job }) => trained.records.get(job)));
    expect(one).not.toMatchObject({
      standardisation: (other as { standardisation: unknown }).standardisation,
    });
  });

  it('are found by their ids, and nothing else is', async () => {
    const { id } = itemAt(clips.tested(), 0);
    await expect(clips.audio('low-an-0.wav')).rejects.toThrow(
      /is called "low-an-0.wav". Did you mean low-ann/,
    );
    await expect(clips.features('../corpus/low-ann-0.wav')).rejects.toThrow('No test clip of');
    await expect(clips.whole(join(root, 'corpus', id))).rejects.toThrow('No test clip of');
    await expect(clips.audio(id, { seed: 7 })).rejects.toThrow('has no seed 7; it has seed 1; seed 2');
    const others = new Set(clips.tested({ seed: 2 }).map((clip) => clip.id));
    const only = clips.tested({ seed: 1 }).find((clip) => !others.has(clip.id));
    await expect(clips.audio(only?.id ?? '', { seed: 2 })).rejects.toThrow('in seed 2');
  });
});

describe('recordings that are elsewhere', () => {
  /** A copy of all, in which things can be broken. */
  async function copied(name: string): Promise<{ folder: string; opened: ComparisonClips }> {
    const folder = join(root, name);
    for (const part of ['corpus', 'noises', 'out', 'store'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    return { folder, opened: await ComparisonClips.open(join(folder, 'out'), { cache }) };
  }

  it('are found where all was moved together', async () => {
    const { folder, opened } = await copied('moved');
    const id = itemAt(opened.tested(), 0).id;
    await truncate(fileOf(id), 100);
    try {
      expect(await opened.whole(id)).toEqual(new Uint8Array(await readFile(fileOf(id, folder))));
    } finally {
      await cp(fileOf(id, folder), fileOf(id));
      await opened.close();
    }
  });

  it('are named where they are gone, and features stay; only a random place is not known then', async () => {
    const { folder, opened } = await copied('gone');
    const id = itemAt(opened.tested(), 0).id;
    await rename(join(folder, 'corpus'), join(folder, 'elsewhere'));
    const path = fileOf(id, folder);
    await expect(opened.audio(id)).rejects.toThrow(`"${path}" is missing`);
    await expect(opened.whole(id)).rejects.toThrow(`"${path}" is missing`);
    const { place, values } = await opened.features(id);
    expect(place).toBeUndefined();
    expect(values).toEqual((await clips.features(id)).values);
    await opened.close();
  });

  it('are named where they are others now', async () => {
    const { folder, opened } = await copied('changed');
    const id = itemAt(opened.tested(), 0).id;
    await writeFile(fileOf(id, folder), encodeWav(new Float32Array(3200).fill(0.5), rate));
    // Begun one after the other: one that is refused before it is awaited would be an error of nobody's.
    for (const ask of [() => opened.audio(id), () => opened.whole(id)]) {
      const asked = ask();
      await expect(asked).rejects.toThrow(`"${fileOf(id, folder)}" or "`);
      await expect(asked).rejects.toThrow(`has changed since the networks heard it as the clip "${id}"`);
    }
    await opened.close();
  });

  it('features that were cleared are told, and read where they are there again', async () => {
    const { folder, opened } = await copied('cleared');
    const id = itemAt(opened.tested(), 0).id;
    const { values } = await opened.features(id);
    const features = join(folder, 'store/features');
    await opened.close();
    await rename(features, `${features}.aside`);
    await expect(opened.features(id)).rejects.toThrow('Run the same command again');
    await expect(opened.audio(id)).resolves.toHaveLength(44 + 2 * 0.5 * rate);
    await rename(`${features}.aside`, features);
    expect((await opened.features(id)).values).toEqual(values);
    await opened.close();
  });
});

describe('clips that were cut into windows', () => {
  let folder: string;
  let opened: ComparisonClips;

  beforeAll(async () => {
    const features = { ...(tinyTree(root).features as ConfigTree), seconds: 0.15 };
    const config = tinyConfig(join(root, 'corpus'), { features, segments: { hop: 0.1 } });
    folder = join(root, 'cut');
    const store = new Store(join(root, 'store'));
    await beginExperiment(await planExperiment(config, store, { cache: join(root, 'cache') }), folder);
    opened = await ComparisonClips.open(folder, { cache });
  });
  afterAll(() => opened.close());

  it('are one clip with its windows', () => {
    const { id, windows } = itemAt(opened.tested(), 0);
    expect(windows).toEqual([
      { id: `${id}#0`, start: 0, duration: 0.15 },
      { id: `${id}#0.1`, start: 0.1, duration: 0.15 },
      { id: `${id}#0.2`, start: 0.2, duration: 0.15 },
      { id: `${id}#0.3`, start: 0.3, duration: 0.1 },
    ]);
  });

  it('sound by window, each where the features say', async () => {
    for (const { id, windows } of opened.tested()) {
      const recorded = samplesOf(await readFile(fileOf(id)));
      for (const { id: window, start, duration = Number.NaN } of windows) {
        const heard = samplesOf(await opened.audio(window));
        const part = recorded.slice(Math.round(start * rate), Math.round((start + duration) * rate));
        expect(heard.length).toBe(0.15 * rate);
        expect(heard.slice(0, part.length)).toEqual(part);
        const { place, values, seconds } = await opened.features(window);
        expect(place?.after).toBeCloseTo(seconds - duration, 9);
        expect(place).toMatchObject({ before: 0, cutBefore: 0, cutAfter: 0 });
        expect(values.every(Number.isFinite)).toBe(true);
        expect(Buffer.from(await opened.whole(window)).equals(await readFile(fileOf(id)))).toBe(true);
      }
    }
  });

  it('are asked for by window: what the clip as a whole was given does not exist', async () => {
    const { id } = itemAt(opened.tested(), 0);
    await expect(opened.audio(id)).rejects.toThrow(`ask for one of "${id}#0", "${id}#0.1"`);
  });
});

describe('opening', () => {
  async function broken(name: string, change: (folder: string) => Promise<void>): Promise<string> {
    const folder = join(root, name);
    await cp(join(root, 'out'), folder, { recursive: true });
    await change(folder);
    return folder;
  }
  const open = (folder: string) => ComparisonClips.open(folder, { cache });

  it('says when there is no comparison, or one whose clips nobody wrote down', async () => {
    await expect(open(join(root, 'corpus'))).rejects.toThrow('there is no comparison.json in it');
    const old = await broken('old', (folder) => rm(paths.clips(folder)));
    await expect(open(old)).rejects.toThrow('clips.json is not there, or of another start');
    const other = await broken('other', (folder) => writeTestClips(folder, null, []));
    await expect(open(other)).rejects.toThrow('clips.json is not there, or of another start');
    const damaged = await broken('damaged', (folder) => truncate(paths.clips(folder), 100));
    await expect(open(damaged)).rejects.toThrow(DamagedFileError);
  });

  it('takes less than a second for 2,000 clips in nine seeds', async () => {
    const folder = await broken('large', async (path) => {
      const large = new ComparisonFolder(path);
      const index = await large.index();
      if (index === undefined) throw new Error('There is an index.');
      const [repetition] = trained.data.repetitions;
      if (repetition === undefined) throw new Error('There is a repetition.');
      const seeds = Array.from({ length: 9 }, (_, i) => i + 1);
      const tested = Array.from({ length: 2000 }, (_, i) => ({
        ...itemAt(repetition.test.clips, 0),
        id: `speakers/number-${i % 20}/recording-${i}.wav`,
        path: fileOf(`speakers/number-${i % 20}/recording-${i}.wav`),
      }));
      await large.write({
        ...index,
        repetitions: seeds.map((seed) => ({
          ...itemAt(index.repetitions, 0),
          seed,
          clips: tested.map(({ id }) => id),
        })),
      });
      await writeTestClips(
        path,
        null,
        seeds.map((seed) => ({ ...repetition, seed, test: { ...repetition.test, clips: tested } })),
      );
    });
    const times: number[] = [];
    // Of the processor, the least of three: what the clock shows depends on who else is at work.
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = process.cpuUsage();
      const large = await open(folder);
      expect(large.tested()).toHaveLength(2000);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
      await large.close();
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});
