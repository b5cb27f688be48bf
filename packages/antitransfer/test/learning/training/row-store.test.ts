import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { RowStore } from '../../../src/learning/training/row-store.js';
import { smallObjective, voicedTraining } from './small-objectives.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'row-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rowLength = 100_000;
const rowBytes = 4 * rowLength;

async function filled(memoryRows: number, diskRows: number, path: string | undefined) {
  const [memory, disk] = [{ bytes: memoryRows * rowBytes }, { bytes: diskRows * rowBytes }];
  const store = new RowStore(10, rowLength, memory, disk, path);
  for (const row of [7, 3, 0, 9, 4, 1]) await store.write(row, new Float32Array(rowLength).fill(row));
  return store;
}

async function firstOf(store: RowStore, rows: readonly number[]): Promise<number[]> {
  const into = rows.map(() => new Float32Array(rowLength));
  await store.read(rows, into);
  for (const values of into) expect(values.at(-1)).toBe(values[0]);
  return into.map((values) => values[0]!);
}

it('keeps rows in memory as long as there is room, then in a file, and others not', async () => {
  // Memory is taken two rows at a time: of three rows there is room for two.
  const store = await filled(3, 3, join(folder, 'deep', 'rows.scratch'));
  expect([...Array(10).keys()].filter((row) => store.has(row))).toEqual([0, 3, 4, 7, 9]);
  expect((await stat(join(folder, 'deep', 'rows.scratch'))).size).toBe(3 * rowBytes);
  expect(await firstOf(store, [9, 7, 4, 0, 9, 3])).toEqual([9, 7, 4, 0, 9, 3]);
  await store.close();
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

it('without a file keeps what fits the memory', async () => {
  const store = await filled(4, 100, undefined);
  expect([...Array(10).keys()].filter((row) => store.has(row))).toEqual([0, 3, 7, 9]);
  await store.close();
});

it('a file that cannot be written is no harm: its rows stay unknown', async () => {
  await writeFile(join(folder, 'taken'), '');
  const store = await filled(2, 100, join(folder, 'taken', 'rows.scratch'));
  expect([...Array(10).keys()].filter((row) => store.has(row))).toEqual([3, 7]);
  await store.close();
});

it.each([
  ['memory', 64, 0],
  ['a scratch file', 0, 64],
  ['neither', 0, 0],
])(
  'a training gives the same numbers with frozen answers in %s, and leaves no scratch',
  async (_where, frozenCacheMiB, frozenScratchMiB) => {
    const objectives = [
      smallObjective('similarity', { similarity: 'squared-cosine', tap: 'conv2_1' }),
      smallObjective('conditional-adversary'),
    ];
    const training: FitOptions = { ...voicedTraining(objectives), execution: { threads: 1 } };
    const outcome = async (options: FitOptions) => {
      const { session, weights } = await fit(options);
      await session.close();
      return weights;
    };
    const files: string[] = [];
    const onBatch = () => undefined;
    const onEpoch = async () => {
      files.push(...(await readdir(folder)).filter((name) => name.endsWith('.scratch')));
    };
    const execution = { threads: 1, frozenCacheMiB, frozenScratchMiB };
    expect(await outcome({ ...training, folder, execution, onBatch, onEpoch })).toEqual(
      await outcome(training),
    );
    const used = frozenScratchMiB > 0 ? ['frozen-batch.scratch', 'frozen-task.voice.scratch'] : [];
    const kinds = [...files].map((name) => name.replace(/-[0-9a-f-]{36}\.scratch$/, '.scratch'));
    expect([...new Set(kinds)].sort()).toEqual(used);
    expect((await readdir(folder)).filter((name) => name.endsWith('.scratch'))).toEqual([]);
  },
);
