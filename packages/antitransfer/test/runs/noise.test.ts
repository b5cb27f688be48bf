import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { itemAt } from '../../src/lookup.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { loadCorpora } from '../../src/runs/data/load-corpora.js';
import { type PreparedRepetition, prepare } from '../../src/runs/data/prepare.js';
import { noiseOfTest } from '../../src/runs/plan/noise-of-test.js';
import { Store } from '../../src/runs/store/store.js';
import { runTiny, tinyConfig, tinyRows, tinyTree, writeTable, writeTiny } from './tiny.js';

let root: string;
let corpus: string;
let noise: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'noise-'));
  corpus = join(root, 'corpus');
  noise = join(root, 'noises');
  await writeTiny(corpus);
  await mkdir(noise);
  const random = new Random(1);
  for (const [name, colour] of Object.entries({ hiss_1: 0, hiss_2: 0, hum_1: 0.95 })) {
    let before = 0;
    const samples = Float32Array.from({ length: 16_000 }, () => {
      before = colour * before + 0.05 * random.normal();
      return before;
    });
    await writeFile(join(noise, `${name}.wav`), encodeWav(samples, 8000));
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

const noisy = (snr: number[]): ConfigTree => ({ ...(tinyTree(corpus).data as ConfigTree), noise, snr });

async function firstOf(changes: ConfigTree): Promise<PreparedRepetition> {
  const { experiment } = tinyConfig(corpus, changes);
  const store = new Store(join(root, 'store'));
  const { repetitions } = await prepare(experiment, await drawSplits(experiment), { store });
  return itemAt(repetitions, 0);
}

describe('noise mixed into a corpus', () => {
  it.each([
    { kind: 'lists', column: 'list' },
    { kind: 'random', fractions: { train: 0.6, validation: 0.2, test: 0.2 } },
    { kind: 'stratified' },
  ])('is heard on every side of the split $kind', async (split) => {
    const { train, validation, test, description } = await firstOf({ data: noisy([0, 10]), split });
    expect(description).toMatch(/; noise in every clip: hiss, hum at 0, 10 dB$/);
    for (const { clips } of [train, validation, test]) {
      expect(clips.length).toBeGreaterThan(0);
      for (const { noise: mixed, labels } of clips) {
        expect(mixed?.path).toContain(noise);
        expect(['hiss', 'hum']).toContain(labels.noise);
        expect(labels.snr).toBe(String(mixed?.snr));
      }
    }
  });

  it('is counted with what is read of its folder, at the levels that are given or by the split', async () => {
    const folder = join(root, 'mixed');
    await cp(noise, folder, { recursive: true });
    await writeFile(join(folder, 'LICENSE.txt'), '');
    await writeFile(join(folder, 'hum_2.wav'), 'RIFF');
    const from = { ...(tinyTree(corpus).data as ConfigTree), noise: folder, problems: 'skip' };
    const mixed = async (changes: ConfigTree) =>
      (await loadCorpora(tinyConfig(corpus, changes).experiment)).target.account.noises;
    const counted = {
      types: [
        { name: 'hiss', recordings: 2 },
        { name: 'hum', recordings: 1 },
      ],
      found: 5,
      leftOut: [
        { reason: 'no-sound', what: '.txt', count: 1, examples: ['LICENSE.txt'] },
        { reason: 'unusable', what: 'unreadable', count: 1, examples: ['hum_2.wav'] },
      ],
    };
    expect(await mixed({ data: { ...from, snr: [0, 10] } })).toEqual({ ...counted, levels: '0, 10' });
    const split = { kind: 'confounded-noise', column: 'speaker', snr: { low: -5, high: 5 } };
    const bySplit = await mixed({ data: from, split, orthogonal: { column: 'noise' } });
    expect(bySplit).toEqual({ ...counted, levels: '-5 to 5' });
    expect(await mixed({})).toBeUndefined();
  });

  it('by a split is other noise of the same recordings in another seed, which are known by their names', async () => {
    const rooms = join(root, 'rooms');
    await cp(corpus, rooms, { recursive: true });
    await writeTable(
      rooms,
      tinyRows().map((row, i) => ({ ...row, room: `room ${i % 8}` })),
    );
    const { experiment } = tinyConfig(rooms, {
      data: { ...(tinyTree(rooms).data as ConfigTree), noise },
      split: { kind: 'confounded-noise', column: 'room', owners: 2, segment: 0.4 },
      orthogonal: { column: 'noise' },
      seeds: 3,
    });
    const store = new Store(join(root, 'store'));
    const { repetitions } = await prepare(experiment, await drawSplits(experiment), { store });
    const clips = repetitions.flatMap(({ test }) => test.clips.map(({ id }) => id));
    const named = repetitions.flatMap(({ test, recordings }) =>
      test.clips.map(({ id, path }) => [recordings.get(id), relative(rooms, path)]),
    );
    expect(clips.every((id) => id.includes('dB'))).toBe(true);
    for (const [name, path] of named) expect(name).toBe(path);
    expect(new Set(named.map(([name]) => name)).size).toBeLessThan(new Set(clips).size);
  });

  it('is other sound at other levels, the same for every seed, and none without levels', async () => {
    const split = { kind: 'lists', column: 'list' };
    const [loud, soft, clean] = await Promise.all([
      firstOf({ data: noisy([0]), split }),
      firstOf({ data: noisy([20]), split }),
      firstOf({ split }),
    ]);
    expect(new Set([loud, soft, clean].map(({ standardisation }) => standardisation.digest)).size).toBe(3);
    expect(clean.description).not.toContain('noise');
    const again = await firstOf({ data: noisy([0]), split, firstSeed: 7 });
    expect(again.standardisation.digest).toBe(loud.standardisation.digest);
  });

  it('that a split keeps for its test is told of where another corpus has it', async () => {
    const told = (noisePart?: number) => {
      const own = { ...noisy([0]), ...(noisePart !== undefined && { noisePart }) };
      const split = { kind: 'confounded-noise', column: 'speaker', trainPart: 0.5 };
      const orthogonal = { column: 'noise', data: own };
      return noiseOfTest(tinyConfig(corpus, { data: { noise }, orthogonal, split }).experiment);
    };
    expect(told(0.5)).toEqual([]);
    expect(told(0.6)).toHaveLength(1);
    expect(told()).toEqual([expect.stringMatching(/noise that is kept for the test: .*noisePart: 0\.5/)]);
  });

  it.each([
    ['noise', ['hiss', 'hum']],
    ['snr', ['0', '20']],
  ])(
    'makes the column %s, which a network learns from another corpus, and the target forgets',
    async (column, classes) => {
      const orthogonal = { column, data: noisy([0, 20]) };
      const { experiment } = await runTiny(tinyConfig(corpus, { orthogonal }), root, { folder: column });
      expect(experiment.data.repetitions[0]?.tasks[0]?.classes).toEqual(classes);
      for (const record of experiment.records.values()) expect(record.kind).not.toBe('diverged');
      expect(experiment.data.repetitions[0]?.train.clips[0]?.noise).toBeUndefined();
    },
    120_000,
  );

  it('can be what is learned', async () => {
    const changes = { data: noisy([-5]), target: 'noise', methods: ['no-transfer'] };
    const { experiment } = await runTiny(tinyConfig(corpus, changes), root, { folder: 'target' });
    expect(experiment.data.classes).toEqual(['hiss', 'hum']);
  }, 120_000);
});
