import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeResults } from '../../src/answers/results-file.js';
import { comparisonFixture } from '../answers/page/fixture.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';

let folder: string;
const table = (...args: string[]) => run(folder, 'table', ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-table-'));
  for (const [seed, name] of ['one', 'two', 'three', 'deep/one', 'a-comparison-with-a-long-name'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    await writeResults(
      join(folder, name),
      comparisonFixture(new Random(seed), { epochs: 1, clips: 20, seeds: 5 }),
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('joins comparisons: in text no line is wider than the terminal, and the legend says what is what', async () => {
  const { code, out, err } = await table('one', 'two', 'three', 'a-comparison-with-a-long-name');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  for (const name of ['one', 'two', 'three', 'a-comparison-with-a…']) expect(out).toContain(name);
  expect(out).toMatch(/57\.9 \[\d\d\.\d, \d\d\.\d\] \*/);
  expect(out).toMatch(/a-comparison-with-a-long-name: digit, not speaker; confounded/);
});

it('writes no colours into a pipe, in continuous integration neither', async () => {
  vi.stubEnv('CI', 'true');
  const { out } = await table('one', 'two');
  vi.unstubAllEnvs();
  expect(out).not.toContain('\u001b');
});

it('tells comparisons of one folder name apart, and takes one that is given twice once', async () => {
  const { out } = await table('one', 'deep/one', 'one/', '--format', 'markdown');
  expect(out.split('\n')[0]).toBe('| method | orthogonal labels of | validation labels | one | deep/one |');
});

it('prints JSON and CSV of a measure', async () => {
  const json = await table('one', '--measure', 'worst-group', '--format', 'json');
  const { measure, rows, runs } = JSON.parse(json.out) as {
    measure: string;
    rows: unknown[];
    runs: unknown[];
  };
  expect({ measure, rows: rows.length, runs: runs.length }).toEqual({
    measure: 'worst-group',
    rows: 5,
    runs: 1,
  });
  const csv = await table('one', '--format', 'csv');
  expect(csv.out.split('\n')[0]).toBe(
    'method,one mean,one low,one high,one n,one best,one labels,one validation,one selection',
  );
});

it('takes another method as what gains are over', async () => {
  const gains = async (...args: string[]) => {
    const { out } = await table('one', '--measure', 'gain', '--format', 'json', ...args);
    const { rows } = JSON.parse(out) as { rows: { id: string; cells: [{ mean: number } | null] }[] };
    return Object.fromEntries(rows.map(({ id, cells }) => [id, cells[0]?.mean]));
  };
  const plain = await gains();
  const [reference, other] = Object.keys(plain) as [string, string];
  const turned = await gains('--against', other);
  expect(plain[reference]).toBeUndefined();
  expect(turned[other]).toBeUndefined();
  expect(turned[reference]).toBeCloseTo(-(plain[other] ?? Number.NaN), 9);
});

it('refuses what is no comparison, and a measure or a task that there is not', async () => {
  expectRefused(await table('nowhere'), '"nowhere" holds no results');
  expectRefused(await table('one', '--measure', 'acuracy'), 'Did you mean accuracy?');
  expectRefused(await table('one', '--against', 'gramm'), 'Did you mean gram?');
  expectRefused(
    await table('one', '--task', 'room'),
    'No comparison has an orthogonal task "room"; there are speaker.',
  );
});
