import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';
import { type SmallRun, smallRun } from './small-run.js';

let small: SmallRun;

beforeAll(async () => {
  small = await smallRun();
}, 120_000);
afterAll(() => rm(small.folder, { recursive: true, force: true }));

it('shows layers by network, leaves a page, and is kept by store clear', async () => {
  const { folder } = small;
  const flags = ['--taps', 'conv1_1,conv4_2', '--linear', '--threads', '1'];
  const { code, out, err } = await run(folder, 'analyze', 'run', ...flags);
  expect(code, err).toBe(0);
  // In a pipe each layer is a line.
  expect(
    err
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, 5)),
  ).toEqual(['[1/4]', '[2/4]', '[3/4]', '[4/4]']);
  expect(err).toMatch(/\[\d\/4\] +correlation\/1 conv4_2\n/);
  expect(out).toMatch(
    /speaker: Linear probe, % \(chance [^)]+\)\n─+\n Method +conv1_1 +conv4_2\n─+\n before training +\d/,
  );
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  await access(join(folder, 'run/analysis.html'));
  const cleared = await run(folder, 'store', 'clear', '--jobs', '--keep', 'run');
  expect(cleared.out).toContain('Removed 0 kinds of features, 0 trainings, 0 tests');
  const again = await runJson<{ results: unknown[] }>(folder, 'analyze', 'run', ...flags);
  expect(again.results).toHaveLength(4);
}, 120_000);

it('refuses a folder that is no run, and a tap that is not there', async () => {
  expectRefused(await run(small.folder, 'analyze', 'spoken'), 'is no folder of a run');
  expectRefused(await run(small.folder, 'analyze', 'run', '--taps', 'conv9'), 'There is no tap "conv9"');
});

it('says how to have another network, and another task, as controls', async () => {
  const { out } = await run(small.folder, 'analyze', '--help');
  const text = out.replaceAll(/\s+/g, ' ');
  expect(text).toContain('further orthogonal tasks: another network of the same task');
  expect(text).toContain('{ name: another-seed, column: speaker, seedOffset: 1000 }');
});
