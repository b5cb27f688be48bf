import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClipReader } from '../../../src/data/audio/read-clip.js';
import type { Clip } from '../../../src/data/clip.js';
import { extractFeatures } from '../../../src/data/features/extract.js';
import { type FeatureSettings, featurePresets } from '../../../src/data/features/settings.js';
import { FeatureCache } from '../../../src/data/features/store/cache.js';
import type { FeatureSet } from '../../../src/data/features/store/feature-set.js';
import { UserError } from '../../../src/errors.js';
import { draftOf } from '../../../src/files/write-whole.js';
import { writeSounds } from './sounds.js';

const settings: FeatureSettings = { ...featurePresets.pilot, seconds: 0.4 };
let folder: string;
let cacheFolder: string;
let clips: Clip[];
let expected: FeatureSet;
let cacheCount = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features-cache-'));
  clips = await writeSounds(folder, 40);
  expected = await extractFeatures(clips, settings);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  cacheFolder = join(folder, `cache-${++cacheCount}`);
});

/** Extracts with the cache and says which clips were decoded. */
async function extract(
  some: readonly Clip[] = clips,
  changes: Partial<FeatureSettings> = {},
  limit?: number,
) {
  const reader = new ClipReader();
  const decoded: string[] = [];
  const set = await extractFeatures(
    some,
    { ...settings, ...changes },
    {
      cache: new FeatureCache(cacheFolder, limit),
      read: (clip, sampleRate) => {
        decoded.push(clip.id);
        return reader.read(clip, sampleRate);
      },
    },
  );
  return { data: set.data, decoded };
}

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function bytesIn(root: string): Promise<number> {
  const sizes = await Promise.all((await filesOf(root)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('the feature cache', () => {
  it('decodes every clip once', async () => {
    const first = await extract();
    expect(first.decoded).toHaveLength(40);
    const second = await extract();
    expect(second.decoded).toEqual([]);
    expect(first.data).toEqual(expected.data);
    expect(second.data).toEqual(expected.data);
    expect(await filesOf(cacheFolder)).toHaveLength(1);
  });

  it('serves any order and any part, and computes only what is new', async () => {
    await extract(clips.slice(0, 30));
    const { data, decoded } = await extract(clips.toReversed());
    expect(decoded.sort()).toEqual(
      clips
        .slice(30)
        .map(({ id }) => id)
        .sort(),
    );
    const size = 26 * 64;
    expect(data.slice(0, size)).toEqual(expected.data.slice(39 * size));
    expect((await extract([clips[3]!, clips[35]!, clips[3]!])).decoded).toEqual([]);
  });

  it('knows recordings by their content', async () => {
    const copy = join(folder, 'copy.wav');
    await copyFile(clips[0]!.path, copy);
    const clip = { ...clips[0]!, path: copy };
    await extract([clips[0]!]);
    expect((await extract([clip])).decoded).toEqual([]);
    const times = await stat(copy);
    // Other content of the same length, under the same name, with the same times.
    await copyFile(clips[1]!.path, copy);
    await utimes(copy, times.atime, times.mtime);
    const changed = await extract([clip]);
    expect(changed.decoded).toHaveLength(1);
    expect(changed.data).toEqual(expected.data.slice(26 * 64, 2 * 26 * 64));
  });

  it('tells stretches, noises and settings apart', async () => {
    const [clip, other] = clips as [Clip, Clip];
    const variants: [Clip, Partial<FeatureSettings>?][] = [
      [clip],
      [{ ...clip, start: 0.1 }],
      [{ ...clip, duration: 0.1 }],
      [{ ...clip, noise: { path: other.path, start: 0, snr: 5 } }],
      [{ ...clip, noise: { path: other.path, start: 0, snr: 6 } }],
      [{ ...clip, noise: { path: other.path, start: 0.2, snr: 5 } }],
      [{ ...clip, noise: { path: clips[2]!.path, start: 0, snr: 5 } }],
      [clip, { compression: 1 }],
      [clip, { sampleRate: 16000 }],
      [clip, { kind: 'log-mel' }],
    ];
    for (const [variant, changes] of variants) {
      expect((await extract([variant], changes)).decoded).toHaveLength(1);
    }
    for (const [variant, changes] of variants) {
      expect((await extract([variant], changes)).decoded).toEqual([]);
    }
    // Standardisation comes after the features.
    expect((await extract([clip], { standardise: 'bin' })).decoded).toEqual([]);
  });

  it.each<[string, (bytes: Buffer) => Buffer | Uint8Array]>([
    ['one bit of the features', (bytes) => flipped(bytes, bytes.length - 5000)],
    ['one bit of the header', (bytes) => flipped(bytes, 6)],
    ['the header’s length', (bytes) => flipped(bytes, 3)],
    ['the end', (bytes) => bytes.subarray(0, -9000)],
    ['everything', () => Buffer.from('not a pack')],
    ['nothing left', () => Buffer.alloc(0)],
  ])('notices damage and computes again: %s', async (_, damage) => {
    await extract();
    const [path] = (await filesOf(cacheFolder)) as [string];
    const bytes = await readFile(path);
    await writeFile(path, damage(bytes));
    const { data, decoded } = await extract();
    expect(decoded).toHaveLength(40);
    expect(data).toEqual(expected.data);
    expect(await readFile(path)).toEqual(bytes);
    expect((await extract()).decoded).toEqual([]);
  });

  it('stays within its limit and drops what was not used for longest', async () => {
    const rowBytes = 4 * 26 * 64;
    const limit = 24 * rowBytes;
    // An eighth of the limit a pack: three clips, or a batch when that is more.
    const old = clips.slice(0, 8);
    const used = clips.slice(8, 16);
    for (const part of [old, used]) await extract(part, {}, limit);
    await age();
    await extract(used, {}, limit);
    await extract(clips.slice(16, 28), {}, limit);
    expect(await bytesIn(cacheFolder)).toBeLessThanOrEqual(limit);
    expect((await extract(used, {}, limit)).decoded).toEqual([]);
    expect((await extract(old, {}, limit)).decoded.length).toBeGreaterThan(0);
    await extract(clips, {}, limit);
    expect(await bytesIn(cacheFolder)).toBeLessThanOrEqual(limit);
  });

  it('removes what a process that died left half written', async () => {
    await extract(clips.slice(0, 4));
    const [pack] = (await filesOf(cacheFolder)) as [string];
    const [dead, alive] = [draftOf(pack), draftOf(pack)];
    for (const path of [dead, alive]) await writeFile(path, 'half');
    await utimes(dead, 1, 1);
    await extract(clips.slice(4, 8));
    expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
  });

  it('keeps the good clips when others cannot be used', async () => {
    const absent = { id: 'absent', path: join(folder, 'absent.wav'), labels: {} };
    await expect(extract([...clips, absent])).rejects.toThrow(/absent.wav" is missing/);
    expect((await extract()).decoded).toEqual([]);
  });

  it('says so when it cannot be written', async () => {
    await writeFile(cacheFolder, 'a file where the folder should be');
    await expect(extract()).rejects.toThrow(UserError);
    await expect(extract()).rejects.toThrow(/feature cache ".*" cannot be written: .*another folder/);
    expect(() => new FeatureCache(cacheFolder, -1)).toThrow(/got -1/);
  });

  it('serves several processes at once', async () => {
    const results = await Promise.all([0, 1, 2].map(() => extractInProcess(24 * 4 * 26 * 64)));
    for (const features of results) {
      expect(features.equals(Buffer.from(expected.data.buffer))).toBe(true);
    }
    expect((await filesOf(cacheFolder)).filter((path) => !path.endsWith('.pack'))).toEqual([]);
    expect(await bytesIn(cacheFolder)).toBeLessThanOrEqual(24 * 4 * 26 * 64);
    expect((await extract()).data).toEqual(expected.data);
  });
});

/** Makes all packs older by an hour: file systems may keep whole seconds only. */
async function age(): Promise<void> {
  const past = new Date(Date.now() - 3_600_000);
  for (const path of await filesOf(cacheFolder)) await utimes(path, past, past);
}

function flipped(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[position]! ^= 4;
  return copy;
}

/** Extracts all clips four times in a process of its own, from the built package, and returns the last features. */
function extractInProcess(limit: number): Promise<Buffer> {
  const built = (file: string) => {
    const path = join(import.meta.dirname, '../../../dist/data/features', file);
    if (!existsSync(path))
      throw new Error(`"${path}" does not exist. Build the packages first: npm run build.`);
    return JSON.stringify(pathToFileURL(path).href);
  };
  const program = `
    import { extractFeatures } from ${built('extract.js')};
    import { FeatureCache } from ${built('store/cache.js')};
    const cache = new FeatureCache(${JSON.stringify(cacheFolder)}, ${limit});
    let set;
    for (let i = 0; i < 4; i++) {
      set = await extractFeatures(${JSON.stringify(clips)}, ${JSON.stringify(settings)}, { cache });
    }
    process.stdout.write(Buffer.from(set.data.buffer));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(Buffer.concat(output)) : reject(new Error(Buffer.concat(errors).toString())),
    );
  });
}
