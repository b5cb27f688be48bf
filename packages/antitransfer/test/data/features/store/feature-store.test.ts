import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClipReader } from '../../../../src/data/audio/read-clip.js';
import type { Clip } from '../../../../src/data/clip.js';
import { extractFeatures } from '../../../../src/data/features/extract.js';
import { type FeatureSettings, featurePresets } from '../../../../src/data/features/settings.js';
import type { AddOptions } from '../../../../src/data/features/store/adding.js';
import { memoryFeatures } from '../../../../src/data/features/store/clip-features.js';
import type { FeatureSet } from '../../../../src/data/features/store/feature-set.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { MissingFeaturesError } from '../../../../src/data/features/store/missing-features.js';
import { UnusableRecordingsError } from '../../../../src/data/features/unusable-recordings.js';
import type { Progress } from '../../../../src/data/progress.js';
import { UserError } from '../../../../src/errors.js';
import { builtFile, runProcess } from '../built-process.js';
import { writeSounds } from '../sounds.js';

const settings: FeatureSettings = { ...featurePresets.pilot, seconds: 0.4 };
const size = 26 * 64;
let folder: string;
let clips: Clip[];
let expected: FeatureSet;
let store: FeatureStore;
let stores = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-store-'));
  clips = await writeSounds(folder, 40);
  expected = await extractFeatures(clips, settings);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  store = new FeatureStore(join(folder, `store-${++stores}`));
});

/** Adds clips and says which were decoded. */
async function add(some: readonly Clip[], options: AddOptions = {}, changes: Partial<FeatureSettings> = {}) {
  const reader = new ClipReader();
  const decoded: string[] = [];
  const read = (clip: Clip, sampleRate: number) => {
    decoded.push(clip.id);
    return reader.read(clip, sampleRate);
  };
  const added = await store.add(some, { ...settings, ...changes }, { read, ...options });
  return { ...added, decoded };
}

/** All rows of keys, in order. */
async function rowsOf(keys: readonly (string | undefined)[]): Promise<Float32Array> {
  const features = await store.open(settings, keys as string[]);
  try {
    const data = new Float32Array(features.count * size);
    await features.read([...keys.keys()], data);
    return data;
  } finally {
    await features.close();
  }
}

const idsOf = (some: readonly Clip[]) => some.map(({ id }) => id).sort();

describe('FeatureStore.add', () => {
  it('stores the very numbers that extractFeatures returns, and computes each once', async () => {
    const first = await add(clips);
    expect(first.decoded.sort()).toEqual(idsOf(clips));
    expect(await rowsOf(first.keys)).toEqual(expected.data);
    const second = await add(clips.toReversed());
    expect(second.decoded).toEqual([]);
    expect(second.keys).toEqual(first.keys.toReversed());
    // What is added later is all that is computed.
    const [extra] = await writeSounds(folder, 1, { seed: 2 });
    expect((await add([...clips, extra!])).decoded).toEqual([extra!.id]);
  });

  it('begins another file when one is full', async () => {
    // 3.9 MB a row: 17 rows a file.
    const long: Partial<FeatureSettings> = { ...featurePresets.paper, seconds: 60 };
    const some = clips.slice(0, 20);
    const { keys } = await add(some, {}, long);
    expect((await store.usage()).files).toBe(2);
    const features = await store.open({ ...settings, ...long }, keys as string[]);
    const row = new Float32Array(7501 * 129);
    for (const index of [0, 10, 19]) {
      await features.read([index], row);
      const { data } = await extractFeatures([some[index]!], { ...settings, ...long });
      expect(Buffer.compare(Buffer.from(row.buffer), Buffer.from(data.buffer))).toBe(0);
    }
    await features.close();
  });

  it('computes clips that sound the same once, wherever they lie', async () => {
    const copy = { ...clips[1]!, path: join(folder, 'the-same.wav') };
    await copyFile(clips[1]!.path, copy.path);
    const { keys, decoded } = await add([clips[0]!, copy, clips[1]!, clips[0]!]);
    expect(decoded).toHaveLength(2);
    expect(keys[1]).toBe(keys[2]);
    const row = (index: number) => expected.data.slice(index * size, (index + 1) * size);
    expect(await rowsOf(keys)).toEqual(Float32Array.of(...row(0), ...row(1), ...row(1), ...row(0)));
  });

  it('decodes a recording of which clips are segments once, in whatever order they come', async () => {
    const [recording] = await writeSounds(folder, 1, { seed: 3, seconds: 20 });
    const segments = Array.from({ length: 100 }, (_, i) => ({
      ...recording!,
      start: ((i * 37) % 100) / 5,
      duration: 0.2,
    }));
    const seen: number[] = [];
    const reader = new ClipReader();
    const { keys } = await store.add(segments, settings, {
      read: (clip, rate) => {
        seen.push(clip.start!);
        return reader.read(clip, rate);
      },
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(await rowsOf(keys)).toEqual((await extractFeatures(segments, settings)).data);
  });

  it('says how far it is, what is stored already counted', async () => {
    await add(clips.slice(0, 10));
    const progress: Progress[] = [];
    await add([...clips, ...clips], { onProgress: (step) => progress.push(step) });
    expect(progress.at(0)).toEqual({ done: 20, total: 80 });
    expect(progress.at(-1)).toEqual({ done: 80, total: 80 });
  });

  it('of no clips stores nothing', async () => {
    expect(await add([])).toMatchObject({ keys: [], problems: [], decoded: [] });
    expect(await store.usage()).toEqual({ files: 0, bytes: 0 });
    const features = await store.open(settings, []);
    expect(features.count).toBe(0);
  });

  it('when it is aborted keeps what is complete, and goes on from there', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = add(clips, {
      signal: controller.signal,
      onProgress: ({ done }) => done >= 16 && controller.abort(reason),
    });
    await expect(work).rejects.toBe(reason);
    const { keys, decoded } = await add(clips);
    expect(decoded).toHaveLength(24);
    expect(await rowsOf(keys)).toEqual(expected.data);
  });

  it('does not name features after what a recording held before', async () => {
    const path = join(folder, 'changing.wav');
    await copyFile(clips[0]!.path, path);
    const clip = { ...clips[0]!, path };
    const read = async (one: Clip, rate: number) => {
      await copyFile(clips[1]!.path, path);
      return new ClipReader().read(one, rate);
    };
    await expect(add([clip], { read })).rejects.toThrow(/changing\.wav" changed while.*same command again/);
    expect((await store.usage()).files).toBe(0);
    expect(await rowsOf((await add([clip])).keys)).toEqual(expected.data.slice(size, 2 * size));
  });

  describe('when recordings cannot be used', () => {
    let mixed: Clip[];
    beforeAll(async () => {
      const empty = join(folder, 'empty.wav');
      await writeFile(empty, '');
      const broken = [empty, empty, join(folder, 'absent.wav')].map((path, i) => ({
        id: `broken-${i}`,
        path,
        labels: {},
      }));
      mixed = [...clips.slice(0, 5), ...broken, ...clips.slice(5, 10)];
    });

    it('fails with all of them, each once; the others are stored', async () => {
      const error = await add(mixed).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UnusableRecordingsError);
      expect((error as UnusableRecordingsError).problems.map(({ reason }) => reason)).toEqual([
        'empty',
        'missing',
      ]);
      expect((await add(clips.slice(0, 10))).decoded).toEqual([]);
    });

    it('skips them when it may: they have no key', async () => {
      const { keys, problems } = await add(mixed, { onProblem: 'skip' });
      expect(problems).toHaveLength(2);
      expect(keys.map((key) => key === undefined)).toEqual(mixed.map(({ id }) => id.startsWith('broken')));
      const usable = keys.filter((key) => key !== undefined);
      expect(await rowsOf(usable)).toEqual(expected.data.slice(0, 10 * size));
    });

    it('does not hide an error that is no problem of a recording', async () => {
      const read = () => Promise.reject(new TypeError('a mistake in the program'));
      await expect(add(clips, { read, onProblem: 'skip' })).rejects.toThrow(TypeError);
    });
  });

  it('serves several processes that add at the same time', async () => {
    const program = (first: number, last: number) => `
      import { FeatureStore } from ${builtFile('store/feature-store.js')};
      const store = new FeatureStore(${JSON.stringify(store.folder)});
      const clips = ${JSON.stringify(clips)}.slice(${first}, ${last});
      const { keys } = await store.add(clips, ${JSON.stringify(settings)});
      const features = await store.open(${JSON.stringify(settings)}, keys);
      const data = new Float32Array(clips.length * ${size});
      await features.read([...clips.keys()], data);
      await features.close();
      console.log(JSON.stringify([...data]));
    `;
    const parts: [number, number][] = [
      [0, 40],
      [0, 40],
      [10, 30],
    ];
    const rows = await Promise.all(parts.map((part) => runProcess<number[]>(program(...part))));
    for (const [i, [first, last]] of parts.entries()) {
      expect(Float32Array.from(rows[i]!)).toEqual(expected.data.slice(first * size, last * size));
    }
    expect((await add(clips)).decoded).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('leaves nothing half written when it cannot write', async () => {
    await add(clips.slice(0, 2));
    const program = `
      import { FeatureStore } from ${builtFile('store/feature-store.js')};
      const store = new FeatureStore(${JSON.stringify(store.folder)});
      const error = await store.add(${JSON.stringify(clips)}, ${JSON.stringify(settings)}).catch((caught) => caught);
      console.log(JSON.stringify({ name: error.name, message: error.message }));
    `;
    // The system lets no file grow beyond 50 KiB or 100 KiB (shells count in different blocks): a pack has 250.
    const error = await runProcess<Error>(program, "trap '' XFSZ; ulimit -f 100");
    expect(error.name).toBe('FileError');
    expect(error.message).toMatch(/store-\d+\/[^"]+\.pack" cannot be written: EFBIG/);
    const files = await readdir(store.folder, { recursive: true });
    expect(files.filter((name) => name.includes('.'))).toHaveLength(1);
    const { keys, decoded } = await add(clips);
    expect(decoded).toHaveLength(38);
    expect(await rowsOf(keys)).toEqual(expected.data);
  });
});

describe('FeatureStore.open', () => {
  it('reads any rows in any order, repeats too, from several files', async () => {
    for (let first = 0; first < 40; first += 7) await add(clips.slice(first, first + 7));
    const { keys } = await add(clips);
    expect((await store.usage()).files).toBe(6);
    const stored = await store.open(settings, keys as string[]);
    const memory = memoryFeatures(expected.shape, expected.data);
    expect([stored.shape, stored.count]).toEqual([memory.shape, memory.count]);
    const random = new Random(1);
    for (let i = 0; i < 50; i++) {
      const rows = Array.from({ length: random.integer(1, 60) }, () => random.integer(0, 39));
      const [fromDisk, fromMemory] = [
        new Float32Array(rows.length * size),
        new Float32Array(rows.length * size),
      ];
      await Promise.all([stored.read(rows, fromDisk), memory.read(rows, fromMemory)]);
      expect(Buffer.from(fromDisk.buffer).equals(Buffer.from(fromMemory.buffer))).toBe(true);
    }
    await stored.close();
    await expect(stored.read([0], new Float32Array(size))).rejects.toThrow(/closed/);
  });

  it('knows only features of the same settings', async () => {
    const { keys } = await add(clips);
    const other = { ...settings, compression: 1 };
    await expect(store.open(other, keys as string[])).rejects.toThrow(MissingFeaturesError);
    // Standardisation comes after the features.
    const features = await store.open({ ...settings, standardise: 'bin' }, keys as string[]);
    expect(features.count).toBe(40);
  });

  it('says how many are missing, and what to do', async () => {
    const { keys } = await add(clips.slice(0, 3));
    const opening = store.open(settings, [...(keys as string[]), 'unknown']);
    await expect(opening).rejects.toThrow(/1 of 4 clips.*Run the same command again/);
    await expect(store.open(settings, ['unknown'])).rejects.toBeInstanceOf(UserError);
  });

  it('refuses rows that do not exist, and arrays of another size', async () => {
    const { keys } = await add(clips.slice(0, 3));
    const features = await store.open(settings, keys as string[]);
    for (const row of [3, -1, 0.5, Number.NaN]) {
      await expect(features.read([row], new Float32Array(size))).rejects.toThrow(`Row ${row} does not exist`);
    }
    await expect(features.read([0, 1], new Float32Array(size))).rejects.toThrow(/2 rows of 1 x 26 x 64 are/);
    await features.close();
  });
});

describe('what is stored', () => {
  it('is counted and removed, for some settings or all; other files stay', async () => {
    await add(clips);
    await add(clips.slice(0, 10), {}, { compression: 1 });
    await writeFile(join(store.folder, 'notes.txt'), 'mine');
    const all = await store.usage();
    const part = await store.usage({ ...settings, compression: 1 });
    expect(all.files).toBe(2);
    expect(part.files).toBe(1);
    expect(all.bytes).toBeGreaterThan(50 * size * 4);
    expect(await store.clear({ ...settings, compression: 1 })).toEqual(part);
    expect(await store.usage()).toEqual({ files: 1, bytes: all.bytes - part.bytes });
    await store.clear();
    expect(await store.usage()).toEqual({ files: 0, bytes: 0 });
    expect(await readdir(store.folder)).toEqual(['notes.txt']);
    expect((await add(clips)).decoded).toHaveLength(40);
  });

  it('is nothing where there is no folder', async () => {
    expect(await store.clear()).toEqual({ files: 0, bytes: 0 });
    await expect(stat(store.folder)).rejects.toThrow(/ENOENT/);
  });
});
