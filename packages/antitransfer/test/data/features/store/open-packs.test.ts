import { copyFile, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locateRows } from '../../../../src/data/features/store/locate-rows.js';
import { OpenPacks } from '../../../../src/data/features/store/open-packs.js';
import { writePack } from '../../../../src/data/features/store/pack.js';
import { StoredFeatures } from '../../../../src/data/features/store/stored-features.js';

const shape = [1, 2, 3] as const;
const [packCount, packRows] = [20, 5];
const keys = Array.from({ length: packCount * packRows }, (_, i) => `key ${i}`);
const rowOf = (index: number) => Float32Array.from({ length: 6 }, (_, i) => 10 * index + i);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-packs-'));
  for (let pack = 0; pack < packCount; pack++) {
    const indices = Array.from({ length: packRows }, (_, i) => pack * packRows + i);
    await writePack(
      folder,
      new Map(indices.map((index) => [keys[index]!, { features: rowOf(index), length: 0, peak: 1 }])),
    );
  }
});
afterEach(() => rm(folder, { recursive: true }));

/** How many files of the folder this process has open; where the system does not tell, 0. */
async function openFiles(): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.startsWith(folder)).length;
}

async function expectRows(features: StoredFeatures, rows: readonly number[]): Promise<void> {
  const into = new Float32Array(rows.length * 6);
  await features.read(rows, into);
  expect([...into]).toEqual(rows.flatMap((row) => [...rowOf(row)]));
}

it('few files are open at once, however many there are, and none after closing', async () => {
  const openPacks = new OpenPacks(3);
  const features = new StoredFeatures(shape, await locateRows(folder, 6, keys), openPacks);
  const others = new StoredFeatures(shape, await locateRows(folder, 6, keys.slice(0, 30)), openPacks);
  const random = new Random(1);
  for (let i = 0; i < 30; i++) {
    const rows = (below: number) => Array.from({ length: 40 }, () => random.integer(0, below - 1));
    await Promise.all([
      expectRows(features, rows(keys.length)),
      expectRows(features, rows(keys.length)),
      expectRows(others, rows(30)),
    ]);
    expect(await openFiles()).toBeLessThanOrEqual(3);
  }
  await others.close();
  await expectRows(features, [99, 0]);
  await features.close();
  expect(await openFiles()).toBe(0);
});

it('closing waits for what is being read', async () => {
  const features = new StoredFeatures(shape, await locateRows(folder, 6, keys), new OpenPacks());
  const reading = expectRows(features, [...keys.keys()]);
  await features.close();
  expect(await openFiles()).toBe(0);
  await reading;
});

it('a file that was written anew meanwhile is read on; one of other numbers is refused', async () => {
  const features = new StoredFeatures(shape, await locateRows(folder, 6, keys), new OpenPacks(1));
  const all = [...keys.keys()];
  await expectRows(features, all);
  for (const name of await readdir(folder)) {
    await copyFile(join(folder, name), join(folder, 'copy'));
    await rename(join(folder, 'copy'), join(folder, name));
  }
  await expectRows(features, all);
  // The first file of the same name, sound, of numbers that another machine computed.
  const others = all
    .slice(0, packRows)
    .map((index) => [keys[index]!, { features: rowOf(index + 1), length: 0, peak: 1 }] as const);
  await writePack(folder, new Map(others));
  await expectRows(features, all.slice(packRows));
  await expect(features.read([0], new Float32Array(6))).rejects.toThrow(/replaced by other numbers/);
  expect(await readdir(folder)).toHaveLength(packCount);
  await features.close();
});

it('a row that was damaged in a file that was closed meanwhile is noticed', async () => {
  const features = new StoredFeatures(shape, await locateRows(folder, 6, keys), new OpenPacks(1));
  const all = [...keys.keys()];
  await expectRows(features, all);
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(folder, name), bytes);
  }
  // The last row of the first file; the file that is open still is not the first.
  await expectRows(features, [50]);
  await expect(features.read([packRows - 1], new Float32Array(6))).rejects.toThrow(/is damaged/);
  await features.close();
});
