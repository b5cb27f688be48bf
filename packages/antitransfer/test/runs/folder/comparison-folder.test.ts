import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedFileError, FileError } from '../../../src/files/file-error.js';
import { readConfigFile, resolveConfig } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { prepare } from '../../../src/runs/data/prepare.js';
import { ComparisonFolder } from '../../../src/runs/folder/comparison-folder.js';
import { paths } from '../../../src/runs/folder/paths.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import { planJobs } from '../../../src/runs/plan/plan-jobs.js';
import { Store } from '../../../src/runs/store/store.js';
import { tinyConfig, tinyTree, writeTiny } from '../tiny.js';

let root: string;
let corpus: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  await begin(join(root, 'begun'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function begin(path: string): Promise<ComparisonFolder> {
  const config = tinyConfig(corpus);
  const store = new Store(join(root, 'store'));
  const drawn = await drawSplits(config.experiment);
  const data = await prepare(config.experiment, drawn, { store });
  const checked = await checkMethods(config.experiment, drawn);
  const folder = new ComparisonFolder(path);
  await folder.begin(config, data, await planJobs(config.experiment, data, store, checked), store.folder);
  return folder;
}

/** A copy of a folder in which a comparison was begun. */
async function begun(): Promise<ComparisonFolder> {
  const path = join(root, `copy-${count++}`);
  await cp(join(root, 'begun'), path, { recursive: true });
  return new ComparisonFolder(path);
}

const same = () => tinyConfig(corpus).experiment;
const other = () => tinyConfig(corpus, { training: { epochs: 2, batch: 5 } }).experiment;
const difference = 'training.batch is 6 there, 5 here';

describe('the folder of a comparison', () => {
  it('is free when it is empty, or holds files that nobody writes over', async () => {
    const path = join(root, 'mine');
    await new ComparisonFolder(path).requireFree(same());
    await mkdir(path);
    await writeFile(join(path, 'notes.txt'), 'mine');
    await new ComparisonFolder(path).requireFree(same());
  });

  it('takes the same experiment again, also with more of it, and says how another differs', async () => {
    const folder = await begun();
    await folder.requireFree(same());
    await folder.requireFree(tinyConfig(corpus, { seeds: 4, methods: ['no-transfer', 'gram'] }).experiment);
    await expect(folder.requireFree(other())).rejects.toThrow(difference);
  });

  it('leaves a configuration that gives the same experiment', async () => {
    const path = paths.config((await begun()).folder);
    expect(resolveConfig(await readConfigFile(path), path)).toEqual(tinyConfig(corpus));
  });

  it('knows where its store is when both were moved', async () => {
    await cp(join(root, 'begun'), join(root, 'moved', 'begun'), { recursive: true });
    const folder = new ComparisonFolder(join(root, 'moved', 'begun'));
    const index = await folder.index();
    expect(index && folder.storeOf(index)).toBe(join(root, 'moved', 'store'));
  });
});

describe('an index that is damaged or gone', () => {
  it.each<[string, (path: string) => Promise<void>]>([
    ['emptied', (path) => truncate(path, 0)],
    ['cut short', (path) => truncate(path, 100)],
    [
      'of other bytes',
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('digit', 'digix')),
    ],
    ['gone', (path) => rm(path)],
  ])('%s: is made anew for the same experiment, and for no other', async (_, damage) => {
    const folder = await begun();
    await damage(paths.index(folder.folder));
    await folder.requireFree(same());
    await expect(folder.requireFree(other())).rejects.toThrow(difference);
    await begin(folder.folder);
    expect(await folder.index()).toEqual(await new ComparisonFolder(join(root, 'begun')).index());
  });

  it('is named to those who only read it', async () => {
    const folder = await begun();
    await truncate(paths.index(folder.folder), 100);
    await expect(folder.index()).rejects.toThrow(DamagedFileError);
  });

  it('is made anew beside no configuration', async () => {
    const folder = await begun();
    await truncate(paths.index(folder.folder), 0);
    await rm(paths.config(folder.folder));
    await folder.requireFree(other());
  });

  it('does not let a configuration be overwritten that somebody wrote', async () => {
    for (const own of [`# mine\n${JSON.stringify(tinyTree(corpus))}`, 'no: [configuration', 'methods: 7']) {
      const folder = await begun();
      await rm(paths.index(folder.folder));
      await writeFile(paths.config(folder.folder), own);
      await expect(folder.requireFree(same())).rejects.toThrow('would be overwritten');
    }
  });

  it('that cannot be read is no index that is damaged', async () => {
    const folder = await begun();
    await rm(paths.index(folder.folder));
    await mkdir(paths.index(folder.folder));
    await expect(folder.requireFree(same())).rejects.toThrow(FileError);
  });
});
