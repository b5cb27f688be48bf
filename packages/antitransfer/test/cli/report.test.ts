import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeResults } from '../../src/answers/results-file.js';
import { comparisonFixture } from '../answers/page/fixture.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';

let folder: string;
const report = (...args: string[]) => run(folder, 'report', ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-report-'));
  for (const [seed, name] of ['one', 'two'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    await writeResults(
      join(folder, name),
      comparisonFixture(new Random(seed), { epochs: 2, clips: 20, seeds: 3 }),
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('writes one page of several comparisons, again where there is one', async () => {
  await writeFile(join(folder, 'comparisons.html'), '<!doctype html>of yesterday');
  const { code, out, err } = await report('one', 'two', 'one/');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.replace(/\s+/g, ' ')).toContain(join(folder, 'comparisons.html'));
  const page = await readFile(join(folder, 'comparisons.html'), 'utf8');
  expect(page).toContain('<h1 class="verdict">5 methods in 2 comparisons</h1>');
});

it('replaces nothing but an earlier page: not the results themselves, nor a table', async () => {
  await writeFile(join(folder, 'mine.csv'), 'path,word\n');
  for (const output of ['one/results.json', 'mine.csv']) {
    const before = await readFile(join(folder, output));
    expectRefused(await report('one', '--output', output), `--output "${output}"`, 'Name another file');
    expect((await readFile(join(folder, output))).equals(before)).toBe(true);
  }
});

it('has the measures that are asked for, in a file of that name', async () => {
  const { code } = await report('one', '--measures', 'gap,probe', '--output', 'deep/groups.html');
  expect(code).toBe(0);
  const page = await readFile(join(folder, 'deep/groups.html'), 'utf8');
  expect(page.match(/<table/g)).toHaveLength(2);
});

it('leaves each figure as a file', async () => {
  const { code, out } = await report(
    'one',
    'two',
    '--figures',
    'figures',
    '--format',
    'svg,png,pdf',
    '--width',
    '600',
  );
  expect(code).toBe(0);
  const ids = ['accuracy-bars', 'losses-1', 'losses-2'];
  const files = ids.flatMap((id) => ['pdf', 'png', 'svg'].map((format) => `${id}.${format}`));
  expect((await readdir(join(folder, 'figures'))).sort()).toEqual(files);
  for (const file of files) expect(out).toContain(join(folder, 'figures', file));
  expect(await readFile(join(folder, 'figures', 'accuracy-bars.svg'), 'utf8')).toContain('width="628"');
});

it('refuses what is no comparison, and what is no measure or task', async () => {
  expectRefused(await report('nowhere'), '"nowhere" holds no results');
  expectRefused(await report('one', '--measures', 'gap,probes'), 'Did you mean probe?');
  expectRefused(await report('one', '--format', 'jpg'), 'It must be one of svg, png, pdf');
  expectRefused(await report('one', '--task', 'room'), 'No comparison has an orthogonal task "room"');
});
