import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeResults } from '../../src/answers/results-file.js';
import { comparisonFixture } from '../answers/page/fixture.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';

let folder: string;
const exportMetrics = (...args: string[]) => run(folder, 'export-metrics', ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-metrics-'));
  for (const [seed, name] of ['one', 'two'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    await writeResults(
      join(folder, name),
      comparisonFixture(new Random(seed), { epochs: 2, clips: 5, seeds: 1 }),
    );
  }
  await mkdir(join(folder, 'store', 'jobs'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['tensorboard', 'tensorboard --logdir', ['one', 'two']],
  ['mlflow', 'mlflow ui --backend-store-uri', undefined],
])('writes every run for %s, passes a store over, and says how to look', async (format, how, folders) => {
  const { code, out, err } = await exportMetrics(
    'one',
    'two',
    'store',
    '--format',
    format,
    '--output',
    format,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('10 runs in');
  expect(out).toContain(`${how} "${join(folder, format)}"\n`);
  const found = (await readdir(join(folder, format))).sort();
  expect(found).toHaveLength(2);
  if (folders !== undefined) expect(found).toEqual(folders);
});

it('refuses another format, and a store only', async () => {
  expectRefused(
    await exportMetrics('one', '--format', 'wandb', '--output', 'x'),
    'It must be one of tensorboard, mlflow',
  );
  expectRefused(
    await exportMetrics('store', '--format', 'mlflow', '--output', 'x'),
    '"store" holds no results',
  );
});
