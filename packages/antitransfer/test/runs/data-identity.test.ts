import { cp, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  numbersOf,
  type Ran,
  type Row,
  runTiny,
  sound,
  tinyConfig,
  tinyRows,
  writeTable,
  writeTiny,
} from './tiny.js';

let root: string;
let corpus: string;
let whole: Ran;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'identity-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  whole = await runTiny(tinyConfig(corpus), root);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const trainings = ['cka/1', 'no-transfer/1'];
const tests = ['test of cka/1', 'test of no-transfer/1'];
const all = [...trainings, 'orthogonal-speaker/1', ...tests];
const ofTarget = [...trainings, ...tests];

/** Runs the comparison on a corpus whose table is another. */
async function withTable(change: (rows: Row[]) => Row[]): Promise<Ran> {
  await writeTable(corpus, change(tinyRows()));
  try {
    return await runTiny(tinyConfig(corpus), root, { folder: 'changed' });
  } finally {
    await writeTable(corpus, tinyRows());
  }
}

describe('what is corrected or added is seen, and only what depends on it is trained', () => {
  it('everything once, and nothing twice', async () => {
    expect(whole).toMatchObject({ trained: all, reused: [] });
    expect(await runTiny(tinyConfig(corpus), root)).toMatchObject({ trained: [], reused: all });
  });

  it.each<[string, string[], string, Partial<Row>]>([
    ['a label that nobody looks at', [], 'training', { room: 'street' }],
    ['a target label of a training clip', ofTarget, 'training', { digit: 'high' }],
    ['a target label of a test clip', tests, 'testing', { digit: 'high' }],
    ['a label to forget of a test clip', tests, 'testing', { speaker: 'bob' }],
    // What is trained without objectives does not wait for, or depend on, what is to be forgotten.
    [
      'a label to forget of a training clip',
      ['cka/1', 'orthogonal-speaker/1', ...tests],
      'training',
      { speaker: 'bob' },
    ],
    ['a validation clip that is in no list any more', ofTarget, 'validation', { list: 'none' }],
  ])('%s', async (_, trained, list, change) => {
    const ran = await withTable((rows) => {
      Object.assign(rows.find((row) => row.list === list) ?? {}, change);
      return rows;
    });
    expect(ran.trained).toEqual(trained);
    expect(ran.reused).toEqual(all.filter((name) => !trained.includes(name)));
  });

  it('a recording that is added to the test clips', async () => {
    await writeFile(join(corpus, 'more.wav'), sound('high', 'ann', 77));
    const more = { path: 'more.wav', list: 'testing', digit: 'high', speaker: 'ann', room: 'hall' };
    const ran = await withTable((rows) => [...rows, more]);
    expect(ran).toMatchObject({ trained: tests, reused: [...trainings, 'orthogonal-speaker/1'] });
    const [record] = [...ran.experiment.records.values()].filter(({ kind }) => kind === 'assessment');
    expect(record?.kind === 'assessment' && record.probabilities.length).toBe(5);
  });

  it('a recording that was replaced by one of the same name, size and time', async () => {
    const copy = join(root, 'replaced');
    await cp(corpus, copy, { recursive: true, preserveTimestamps: true });
    const path = join(copy, 'low-ann-0.wav');
    const before = await stat(path);
    await writeFile(path, sound('low', 'ann', 1234));
    await utimes(path, before.atime, before.mtime);
    const after = await stat(path);
    expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
    const ran = await runTiny(tinyConfig(copy), root, { folder: 'replaced-out' });
    expect(ran).toMatchObject({ trained: all, reused: [] });
  });
});

describe('where things lie is no part of them', () => {
  it('a corpus that was moved', async () => {
    await cp(corpus, join(root, 'elsewhere', 'deep'), { recursive: true });
    const ran = await runTiny(tinyConfig(join(root, 'elsewhere', 'deep')), root);
    expect(ran).toMatchObject({ trained: [], reused: all });
    expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
  });

  it('an output folder that was renamed', async () => {
    await cp(join(root, 'out'), join(root, 'first-name'), { recursive: true });
    await rename(join(root, 'first-name'), join(root, 'second-name'));
    const ran = await runTiny(tinyConfig(corpus), root, { folder: 'second-name' });
    expect(ran).toMatchObject({ trained: [], reused: all });
  });

  it('a store that was copied', async () => {
    await cp(join(root, 'store'), join(root, 'other', 'place'), { recursive: true });
    const ran = await runTiny(tinyConfig(corpus), root, { folder: 'out', store: 'other/place' });
    expect(ran).toMatchObject({ trained: [], reused: all });
    expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
  });

  it('a store holds no path, and names the machine only where it says who is or was at a job', async () => {
    const store = join(root, 'store');
    const names = await readdir(store, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(10);
    for (const { parentPath, name } of files) {
      const content = await readFile(join(parentPath, name), 'latin1');
      for (const path of [root, tmpdir(), homedir(), process.cwd()]) {
        expect(content.includes(path), `${path} in ${parentPath}/${name}`).toBe(false);
      }
      if (content.includes(hostname())) expect(name).toBe('events.jsonl');
    }
  });
});
