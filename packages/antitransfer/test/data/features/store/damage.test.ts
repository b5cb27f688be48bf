import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clip } from '../../../../src/data/clip.js';
import { extractFeatures } from '../../../../src/data/features/extract.js';
import { type FeatureSettings, featurePresets } from '../../../../src/data/features/settings.js';
import type { ClipFeatures } from '../../../../src/data/features/store/clip-features.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { MissingFeaturesError } from '../../../../src/data/features/store/missing-features.js';
import { writeSounds } from '../sounds.js';

const settings: FeatureSettings = { ...featurePresets.pilot, seconds: 0.1 };
const size = 8 * 64;
let folder: string;
let clips: Clip[];
let expected: Float32Array;
let store: FeatureStore;
let stores = 0;
let keys: readonly string[];
let pack: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-damage-'));
  clips = await writeSounds(folder, 12);
  expected = (await extractFeatures(clips, settings)).data;
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  store = new FeatureStore(join(folder, `store-${++stores}`));
  keys = (await store.add(clips, settings)).keys as string[];
  [pack] = (await packs()) as [string];
});

async function packs(): Promise<string[]> {
  const names = await readdir(store.folder, { recursive: true });
  return names.filter((name) => name.endsWith('.pack')).map((name) => join(store.folder, name));
}

async function readAll(features: ClipFeatures): Promise<Float32Array> {
  const data = new Float32Array(clips.length * size);
  await features.read([...clips.keys()], data);
  return data;
}

/** Opens and reads as a new process would. */
async function openAndRead(): Promise<Float32Array> {
  const features = await new FeatureStore(store.folder).open(settings, keys);
  return readAll(features).finally(() => features.close());
}

async function flip(position: number): Promise<void> {
  const bytes = await readFile(pack);
  bytes[position < 0 ? bytes.length + position : position]! ^= 4;
  // In place, as a disk fails: another file of the name would be another pack.
  await writeFile(pack, bytes, { flag: 'r+' });
}

const kinds: [string, () => Promise<void>][] = [
  ['one bit of a row', () => flip(-700)],
  ['one bit of a key', () => flip(60)],
  ['one bit of a digest', () => flip(600)],
  ['the header’s length', () => flip(2)],
  ['the end', async () => truncate(pack, (await readFile(pack)).length - 700)],
  ['a byte more', async () => writeFile(pack, 'x', { flag: 'a' })],
  [
    'another version of the format',
    async () => {
      const bytes = await readFile(pack);
      bytes.write('2', bytes.indexOf('"version":1') + '"version":'.length);
      await writeFile(pack, bytes, { flag: 'r+' });
    },
  ],
  ['everything', () => writeFile(pack, 'not a pack')],
  ['nothing left', () => truncate(pack, 0)],
  ['no file', () => rm(pack)],
];

describe('damage before features are opened', () => {
  it.each(kinds)('is noticed and healed by adding: %s', async (_, damage) => {
    await damage();
    const error = await openAndRead().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MissingFeaturesError);
    expect((error as Error).message).toContain(store.folder);
    expect((error as Error).message).toMatch(/Run the same command again/);
    expect(await packs()).toEqual([]);
    expect((await store.add(clips, settings)).keys).toEqual(keys);
    expect(await openAndRead()).toEqual(expected);
    expect(await packs()).toEqual([pack]);
  });

  it('never gives other numbers, whichever byte it is', async () => {
    const sound = await readFile(pack);
    for (let position = 0; position < sound.length; position += 97) {
      await writeFile(pack, sound);
      await flip(position);
      const outcome = await openAndRead().catch((caught: unknown) => caught);
      expect(outcome, `byte ${position}`).toBeInstanceOf(MissingFeaturesError);
    }
  });
});

describe('damage while features are open', () => {
  it.each(kinds)('never gives other numbers: %s', async (_, damage) => {
    const features = await store.open(settings, keys);
    // One row is read, so the file is open; the others were never looked at.
    await features.read([0], new Float32Array(size));
    await damage();
    const outcome = await readAll(features).catch((caught: unknown) => caught);
    if (!(outcome instanceof MissingFeaturesError)) expect(outcome).toEqual(expected);
    await features.close();
    // As often as there is a message that says so: the same command again.
    for (;;) {
      await store.add(clips, settings);
      const again = await openAndRead().catch((caught: unknown) => caught);
      if (again instanceof MissingFeaturesError) continue;
      expect(again).toEqual(expected);
      break;
    }
  });

  it('of a row says which file, and that it was removed', async () => {
    const features = await store.open(settings, keys);
    await flip(-700);
    const reading = readAll(features);
    await expect(reading).rejects.toThrow(
      `"${pack}" is damaged (row 11 is not what was written) and was removed`,
    );
    expect(await packs()).toEqual([]);
    await features.close();
  });

  it('that another process has healed is no reason to remove its file', async () => {
    const features = await store.open(settings, keys);
    await features.read([0], new Float32Array(size));
    await flip(-700);
    await rm(pack);
    await new FeatureStore(store.folder).add(clips, settings);
    await expect(readAll(features)).rejects.toThrow(MissingFeaturesError);
    expect(await packs()).toEqual([pack]);
    // The next one to read opens the file that is there now.
    expect(await readAll(features)).toEqual(expected);
    await features.close();
  });
});
