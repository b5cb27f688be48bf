import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { accountLines } from '../../../src/data/account/text.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Clip } from '../../../src/data/clip.js';
import { wholeClips } from '../../../src/data/segments/whole-clips.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { type PreparedData, prepare } from '../../../src/runs/data/prepare.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import { Store } from '../../../src/runs/store/store.js';
import { sound, tinyConfig, tinyRows, writeTable, writeTiny } from '../tiny.js';

const folders: string[] = [];
let corpus: string;
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), 'prepare-'));
  folders.push(root);
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function prepared(changes: ConfigTree = {}): Promise<PreparedData> {
  const { experiment } = tinyConfig(corpus, { split: { kind: 'stratified' }, ...changes });
  const store = new Store(join(corpus, '..', 'store'));
  return prepare(experiment, await drawSplits(experiment), { store });
}
const skip = () => ({ data: { corpus: 'manifest', path: join(corpus, 'clips.csv'), problems: 'skip' } });

/** What a recording is, whatever it is called: `low-ann-3.wav` and its copies. */
const sideOf = ({ repetitions: [repetition] }: PreparedData, name: string) =>
  (['train', 'validation', 'test'] as const).filter((side) =>
    wholeClips(repetition?.[side].clips ?? []).some(({ id }: Clip) => id === name),
  );

const idsOf = ({ repetitions: [repetition] }: PreparedData) =>
  (['train', 'validation', 'test'] as const).map((side) => repetition?.[side].clips.map(({ id }) => id));

describe('recordings that cannot be used', () => {
  it('are skipped before the splits are drawn, and counted', async () => {
    const bad = ['low-ann-0.wav', 'high-bob-1.wav', 'high-bob-3.wav'];
    for (const name of bad) await writeFile(join(corpus, name), '');
    await rm(join(corpus, 'high-bob-3.wav'));
    const data = await prepared(skip());
    expect(data.account.corpora).toMatchObject([
      {
        found: 20,
        used: 17,
        leftOut: [
          { reason: 'unusable', what: 'empty', count: 2, examples: ['high-bob-1.wav', 'low-ann-0.wav'] },
          { reason: 'unusable', what: 'missing', count: 1, examples: ['high-bob-3.wav'] },
        ],
      },
    ]);
    // As if the three had never been there, not the splits of twenty clips with three holes.
    await writeTable(
      corpus,
      tinyRows().filter(({ path }) => !bad.includes(path)),
    );
    expect(idsOf(data)).toEqual(idsOf(await prepared()));
    expect(accountLines(data.account)[0]).toBe(
      '17 of 20 rows are used; 2 are empty and skipped (such as high-bob-1.wav); 1 is missing and skipped (such as high-bob-3.wav).',
    );
  });

  it('are skipped as whole clips where clips are cut into windows', async () => {
    await writeFile(join(corpus, 'low-ann-0.wav'), '');
    const { account, repetitions } = await prepared({ ...windows, ...skip() });
    expect(account.corpora).toMatchObject([{ found: 20, used: 19 }]);
    expect(account.lengths).toMatchObject({
      cut: 0,
      padded: 0,
      windows: { clips: 19, longer: 19, windows: 57 },
    });
    const [repetition] = repetitions;
    const { train, validation, test } = repetition!;
    expect([train, validation, test].flatMap(({ clips }) => wholeClips(clips))).toHaveLength(19);
  });

  it('do not leave a class or a side without clips unnoticed', async () => {
    for (const { path, digit } of tinyRows()) if (digit === 'high') await writeFile(join(corpus, path), '');
    await expect(prepared(skip())).rejects.toThrow(
      'All clips of the split have the digit "low". Learning needs two classes or more.',
    );
    const lists = { split: { kind: 'lists', column: 'list' }, ...skip() };
    await writeTiny(corpus);
    for (const { path, list } of tinyRows()) if (list === 'testing') await writeFile(join(corpus, path), '');
    await expect(prepared(lists)).rejects.toThrow(
      'No clip has the list "testing", which is to be the test side',
    );
  });

  it('stop everything by default, by name', async () => {
    await writeFile(join(corpus, 'low-ann-0.wav'), '');
    await expect(prepared()).rejects.toThrow(/low-ann-0\.wav" is empty/);
  });
});

it('what is not used by its name is told where the rest does not allow the splits', async () => {
  const data = { corpus: 'folder', path: corpus, pattern: 'low-{speaker}-{take:0|1}.wav' };
  const changes = { data, target: 'speaker', orthogonal: { column: 'take' } };
  await expect(prepared(changes)).rejects.toThrow(
    / Of the recordings 16 are named otherwise \(such as high-ann-0\.wav\)\.$/,
  );
});

/** Clips of 0.4 s in windows of 0.2 s. */
const windows: ConfigTree = {
  features: { sampleRate: 8000, seconds: 0.2, bins: 128, pool: 8, hop: 256 },
  segments: {},
};

it.each([
  ['whole', {}],
  ['in windows', windows],
])('the same recording in other bytes is on one side with it: %s', async (_, changes) => {
  const rows = tinyRows();
  const copies = rows.map((row) => ({ ...row, path: `copy-of-${row.path}` }));
  for (const { path } of rows) {
    const bytes = await readFile(join(corpus, path));
    // A chunk that holds no sound behind the data, as editors leave it.
    const chunk = Buffer.concat([Buffer.from('junk'), Buffer.of(4, 0, 0, 0), Buffer.from(path.slice(0, 4))]);
    const longer = Buffer.concat([bytes, chunk]);
    longer.writeUInt32LE(longer.length - 8, 4);
    await writeFile(join(corpus, `copy-of-${path}`), longer);
  }
  await writeTable(corpus, [...rows, ...copies]);
  const data = await prepared(changes);
  expect(data.account.grouped).toMatchObject({ copies: 0, alike: 20 });
  for (const { path } of rows) {
    expect(sideOf(data, path), path).toHaveLength(1);
    expect(sideOf(data, path), path).toEqual(sideOf(data, `copy-of-${path}`));
  }
  expect(accountLines(data.account)).toContain(
    '20 recordings sound the same as others in other files (another format, say) and are kept on one side.',
  );
});

it('what is cut and padded is counted, the second time too', async () => {
  await writeFile(join(corpus, 'low-ann-0.wav'), sound('low', 'ann', 1).subarray(0, 44 + 2 * 800));
  const features = { sampleRate: 8000, seconds: 0.3, bins: 128, pool: 8, hop: 256, placement: 'centre' };
  for (const _ of ['computed', 'stored']) {
    const { account } = await prepared({ features, data: skip().data });
    expect(account.lengths).toMatchObject({ segment: 0.3, loses: 'both ends', longest: 0.4 });
    expect(account.lengths.cut + account.lengths.padded).toBe(account.lengths.clips);
  }
});

it('lengths are counted once a clip, however many noises are mixed into it', async () => {
  const noise = join(corpus, '..', 'noises');
  await mkdir(noise);
  const random = new Random(1);
  for (const name of ['street', 'babble', 'rain']) {
    const samples = Float32Array.from({ length: 16_000 }, () => 0.1 * random.normal());
    await writeFile(join(noise, `${name}.wav`), encodeWav(samples, 8000));
  }
  await writeTable(
    corpus,
    tinyRows().map((row) => ({ ...row, speaker: row.path.replace(/\D+/g, 's') })),
  );
  const fractions = { train: 0.4, validation: 0.2, test: 0.4 };
  const { account } = await prepared({
    data: { ...skip().data, noise },
    orthogonal: { column: 'noise' },
    split: { kind: 'confounded-noise', segment: 0.4, fractions },
    features: { sampleRate: 8000, seconds: 0.3, bins: 128, pool: 8, hop: 256 },
    methods: ['no-transfer'],
    seeds: 2,
  });
  expect(account.lengths).toMatchObject({ clips: 20, cut: 20, padded: 0 });
});

describe('noises that cannot be used', () => {
  const write = async () => {
    const noise = join(corpus, '..', 'noises');
    await mkdir(noise);
    const samples = Float32Array.from({ length: 16_000 }, (_, i) => 0.1 * Math.sin(i * i));
    await writeFile(join(noise, 'rain.wav'), encodeWav(samples, 8000));
    await writeFile(join(noise, 'cut.wav'), encodeWav(samples, 8000).subarray(0, 9000));
    await writeFile(join(noise, 'empty.wav'), '');
    await writeFile(join(noise, 'silent.wav'), encodeWav(new Float32Array(16_000), 8000));
    return noise;
  };

  it('are all named', async () => {
    const data = { ...skip().data, problems: 'fail', noise: await write(), snr: [10] };
    await expect(prepared({ data })).rejects.toThrow(
      /2 recordings.*\n.*cut\.wav" is trunc.*\n.*empty\.wav" is empty/,
    );
  });

  it('are skipped by name, whenever that is found', async () => {
    const noise = await write();
    const { account } = await prepared({ data: { ...skip().data, noise, snr: [10] } });
    expect(account.corpora[0]!.warnings).toEqual([
      `The noise "${join(noise, 'cut.wav')}" is truncated and skipped.`,
      `The noise "${join(noise, 'empty.wav')}" is empty and skipped.`,
      `The noise "${join(noise, 'silent.wav')}" is silent and skipped.`,
    ]);
    await rm(join(noise, 'rain.wav'));
    await expect(prepared({ data: { ...skip().data, noise, snr: [10] } })).rejects.toThrow(
      /No recording in the folder of noises ".*" can be mixed in: all are skipped\./,
    );
  });
});

it('a recording that is there twice with two labels is pointed out', async () => {
  const [first, ...rows] = tinyRows();
  await writeFile(join(corpus, 'again.wav'), await readFile(join(corpus, first!.path)));
  await writeTable(corpus, [first!, ...rows, { ...first!, path: 'again.wav', digit: 'high' }]);
  const { account } = await prepared();
  expect(account.grouped.copies).toBe(1);
  expect(account.corpora[0]!.warnings).toEqual([
    '1 recording is there twice, byte for byte, with two labels of digit: "again.wav" (high) and "low-ann-0.wav" (low), ' +
      'for example. One of them is wrong.',
  ]);
});

it('a method that looks at labels is refused before training where a label is not learned', async () => {
  const rows = tinyRows().map((row) => (row.path === 'low-ann-0.wav' ? { ...row, speaker: 'cy' } : row));
  await writeTable(corpus, rows);
  const lists = { split: { kind: 'lists', column: 'list' } };
  const method = { id: 'dann', objectives: [{ kind: 'gradient-reversal' }] };
  const asked = (rare: string) => ({
    ...lists,
    orthogonal: { column: 'speaker', rare },
    methods: ['no-transfer', method],
  });
  const data = await prepared(asked('train'));
  expect(data.repetitions[0]!.tasks[0]!.classes).toEqual(['ann', 'bob', 'cy']);
  expect(data.account.repetitions[0]!.tasks[0]!.rare).toEqual({ labels: ['cy'], clips: 1, rule: 'train' });
  const { experiment } = tinyConfig(corpus, asked('leave-out'));
  await expect(checkMethods(experiment, await drawSplits(experiment))).rejects.toThrow(
    /"low-ann-0\.wav" has "cy", and the network knows ann, bob\. Set orthogonal\.rare to train/,
  );
});
