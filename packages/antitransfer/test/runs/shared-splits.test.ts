import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectResults } from '../../src/answers/collect.js';
import { summarise } from '../../src/answers/summary.js';
import { runTiny, tinyConfig, writeTiny } from './tiny.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shared-splits-'));
  await writeTiny(join(root, 'corpus'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('seeds that share splits are trainings of their own on the same clips, and add to what was trained without', async () => {
  const config = (changes: object) =>
    tinyConfig(join(root, 'corpus'), {
      split: { kind: 'random' },
      training: { epochs: 1, batch: 6 },
      ...changes,
    });
  await runTiny(config({ seeds: 2 }), root);
  const { reused, experiment } = await runTiny(config({ seeds: 4, splits: 2 }), root, { folder: 'shared' });
  expect(reused.filter((name) => name.startsWith('test of'))).toEqual([
    'test of cka/1',
    'test of cka/2',
    'test of no-transfer/1',
    'test of no-transfer/2',
  ]);
  const results = collectResults(experiment, []);
  const of = (seed: number) => {
    const run = results.runs.find((one) => one.method === 'cka' && one.seed === seed);
    return run ?? expect.fail('no such run');
  };
  expect([1, 2, 3, 4].map((seed) => of(seed).splitSeed)).toEqual([undefined, undefined, 1, 2]);
  const clipsOf = (seed: number) => of(seed).predictions.map(({ clip }) => clip);
  expect(clipsOf(3)).toEqual(clipsOf(1));
  expect(clipsOf(2)).not.toEqual(clipsOf(1));
  expect(of(3).epochs[0]?.train.crossEntropy).not.toBe(of(1).epochs[0]?.train.crossEntropy);
  expect(summarise(results).map(({ n, gain }) => [n, gain?.n])).toEqual([
    [4, undefined],
    [4, 2],
  ]);
}, 120_000);

it('seeds of a split that is the same for all say each by itself how trainings vary', async () => {
  const config = tinyConfig(join(root, 'corpus'), { training: { epochs: 1, batch: 6 }, seeds: 4, splits: 2 });
  const { experiment } = await runTiny(config, root, { folder: 'lists' });
  const results = collectResults(experiment, []);
  expect(results.split.redrawn).toBe(false);
  expect(results.runs.map(({ splitSeed }) => splitSeed)).toEqual(results.runs.map(() => undefined));
  expect(summarise(results)[1]?.gain?.n).toBe(4);
}, 120_000);
