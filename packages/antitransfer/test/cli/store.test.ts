import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderSize } from '../../src/files/folder-size.js';
import { Claim } from '../../src/runs/store/claim.js';
import { Store } from '../../src/runs/store/store.js';
import { numbersOf, type Ran, runTiny, tinyConfig, writeTiny } from '../runs/tiny.js';
import { run, runJson } from './run.js';

let root: string;
let corpus: string;
let first: Ran;
let count = 0;

const other = {
  network: { width: 0.5 },
  features: { sampleRate: 8000, seconds: 0.3, bins: 128, pool: 8, hop: 256 },
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'store-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  first = await runTiny(tinyConfig(corpus), join(root, 'whole'), { folder: 'one' });
  await runTiny(tinyConfig(corpus, other), join(root, 'whole'), { folder: 'two' });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** A copy of two comparisons and their store, to be spoilt. */
async function copy(): Promise<string> {
  const folder = join(root, `copy-${count++}`);
  await cp(join(root, 'whole'), folder, { recursive: true });
  return folder;
}

interface Listed {
  readonly store: { readonly bytes: number };
  readonly features: readonly { readonly clips?: number; readonly bytes: number }[];
  readonly jobs: readonly { readonly description: string; readonly state: string; readonly bytes: number }[];
  readonly sets: { readonly count: number };
  readonly cache: { readonly bytes: number; readonly entries: readonly { readonly id: string }[] };
}

interface Cleared {
  readonly removed: Readonly<Record<string, number>>;
  readonly store: { readonly before: number; readonly after: number };
  readonly cache?: { readonly before: number; readonly after: number };
}

const list = (folder: string) => runJson<Listed>(folder, 'store', '--store', 'store');
const clear = (folder: string, ...flags: string[]) =>
  runJson<Cleared>(folder, 'store', 'clear', '--store', 'store', ...flags);
const statesOf = ({ jobs }: Listed) => jobs.map(({ state }) => state).sort();

/** Leaves a training that failed and one that was stopped. */
async function leaveUnfinished(folder: string): Promise<void> {
  const [orthogonal, plain] = first.experiment.plan.jobs.map(({ id }) =>
    new Store(join(folder, 'store')).job(id),
  );
  if (orthogonal === undefined || plain === undefined) throw new Error('no jobs');
  for (const job of [orthogonal, plain]) await rm(job.network);
  const why = `out of luck ${'and luck '.repeat(20)}`;
  await orthogonal.append({ kind: 'failed', message: `${why}\n    at somewhere`, isUserError: true });
}

describe('store', () => {
  it('lists features, trainings and their states in 80 columns', async () => {
    const folder = await copy();
    await leaveUnfinished(folder);
    await mkdir(join(folder, 'cache/compiled'), { recursive: true });
    await writeFile(join(folder, 'cache/compiled/program'), 'x'.repeat(2048));
    const { code, out, err } = await run(folder, 'store', '--store', 'store');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/features: magnitude, 8000 Hz, 0\.4 s \(\w{8}\) +20 +\d/);
    expect(out).toMatch(/features: magnitude, 8000 Hz, 0\.3 s \(\w{8}\) +20 +\d/);
    expect(out).toMatch(/trainings: done +4 /);
    expect(out).toMatch(/trainings: stopped +1 /);
    expect(out).toMatch(/tests: done +4 /);
    expect(out).toMatch(/failed: orthogonal speaker, seed 1: out of luck .*…/);
    expect(out).toMatch(/compiled +2\.0 KiB/);
    const lines = out.split('\n').filter((line) => !line.includes(folder));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lists the same as JSON', async () => {
    const folder = await copy();
    const listed = await list(folder);
    expect(listed.features.map(({ clips }) => clips)).toEqual([20, 20]);
    expect(statesOf(listed)).toEqual(Array(10).fill('done'));
    expect(listed.jobs.map(({ description }) => description).sort()).toEqual(
      [
        'digit, seed 1',
        'digit, seed 1, cka',
        'orthogonal speaker, seed 1',
        'test of digit, seed 1',
        'test of digit, seed 1, cka',
      ].flatMap((x) => [x, x]),
    );
    expect(listed.store.bytes).toBe((await folderSize(join(folder, 'store'))).bytes);
  });

  it('is empty where there is none, and makes none', async () => {
    const folder = join(root, 'nothing');
    await mkdir(folder);
    expect(await list(folder)).toMatchObject({ store: { bytes: 0 }, features: [], jobs: [] });
    expect(await clear(folder, '--all')).toMatchObject({ store: { before: 0, after: 0 } });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('store clear', () => {
  it('wants to be told what, and which folders it names', async () => {
    const folder = await copy();
    const nothing = await run(folder, 'store', 'clear', '--store', 'store');
    expect(nothing).toMatchObject({
      code: 2,
      err: expect.stringContaining('--features, --jobs, --stopped, --all'),
    });
    const wrong = await run(folder, 'store', 'clear', '--store', 'store', '--all', '--keep', 'store');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('there is no comparison.json') });
    expect(statesOf(await list(folder))).toEqual(Array(10).fill('done'));
  });

  it('--dry-run says what it would do, to the byte, and does nothing', async () => {
    const folder = await copy();
    const before = await list(folder);
    const dry = await clear(folder, '--all', '--keep', 'one', '--dry-run');
    expect(await list(folder)).toEqual(before);
    const real = await clear(folder, '--all', '--keep', 'one');
    expect(real.removed).toEqual(dry.removed);
    expect(real.store).toEqual(dry.store);
  });

  it('--all leaves what is kept: its comparison trains nothing, and the other one everything, to the same', async () => {
    const folder = await copy();
    const { removed, store } = await clear(folder, '--all', '--keep', 'one');
    expect(removed).toMatchObject({ trainings: 3, tests: 2, 'kinds of features': 1 });
    expect(store.after).toBeLessThan(store.before / 2);
    expect(store.after).toBe((await folderSize(join(folder, 'store'))).bytes);
    const again = await runTiny(tinyConfig(corpus), folder, { folder: 'one' });
    expect(again).toMatchObject({ trained: [] });
    expect(numbersOf(again.experiment)).toEqual(numbersOf(first.experiment));
    const two = await runTiny(tinyConfig(corpus, other), folder, { folder: 'two' });
    expect(two).toMatchObject({ reused: [] });
  }, 60_000);

  it('--all leaves nothing', async () => {
    const folder = await copy();
    expect((await clear(folder, '--all')).store.after).toBe(0);
    const again = await runTiny(tinyConfig(corpus), folder, { folder: 'one' });
    expect(again).toMatchObject({ reused: [] });
    expect(numbersOf(again.experiment)).toEqual(numbersOf(first.experiment));
  }, 60_000);

  it('--stopped leaves what is done', async () => {
    const folder = await copy();
    await leaveUnfinished(folder);
    expect((await clear(folder, '--stopped')).removed).toMatchObject({ trainings: 2, 'lists of clips': 0 });
    expect(statesOf(await list(folder))).toEqual(Array(8).fill('done'));
  });

  it('--features leaves trainings, for which they are not needed', async () => {
    const folder = await copy();
    expect((await clear(folder, '--features')).removed).toMatchObject({
      trainings: 0,
      'kinds of features': 2,
    });
    expect((await list(folder)).features).toEqual([]);
    const again = await runTiny(tinyConfig(corpus), folder, { folder: 'one' });
    expect(again).toMatchObject({ trained: [] });
    expect((await list(folder)).features).toMatchObject([{ clips: 20 }]);
  }, 60_000);

  it('--cache clears the cache, and not the store', async () => {
    const folder = await copy();
    await mkdir(join(folder, 'cache/demo-30'), { recursive: true });
    await writeFile(join(folder, 'cache/demo-30/0.wav'), 'x'.repeat(1000));
    const { removed, store, cache } = await clear(folder, '--cache');
    expect(removed).toMatchObject({ trainings: 0, 'kinds of features': 0 });
    expect(store.after).toBe(store.before);
    expect(cache).toEqual({ before: 1000, after: 0 });
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('removes nothing while a process is at it', async () => {
    const folder = await copy();
    await leaveUnfinished(folder);
    const id = first.experiment.plan.jobs[1]?.id ?? '';
    const claim = await Claim.take(new Store(join(folder, 'store')).job(id).claim);
    if (!(claim instanceof Claim)) throw new Error('somebody has it');
    const before = await list(folder);
    expect(statesOf(before)).toContain('running');
    for (const flags of [['--jobs'], ['--features'], ['--all']]) {
      const { code, err } = await run(folder, 'store', 'clear', '--store', 'store', ...flags);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining(`digit, seed 1: process ${process.pid} on `),
      });
    }
    expect(await list(folder)).toEqual(before);
    // What is stopped may go beside it.
    expect((await clear(folder, '--stopped')).removed).toMatchObject({ trainings: 1 });
    await claim.release();
  });
});
