import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRedrawn } from '../../src/answers/redrawn.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { tinyConfig, writeTiny } from '../runs/tiny.js';

let corpus: string;

beforeAll(async () => {
  corpus = await mkdtemp(join(tmpdir(), 'redrawn-'));
  await writeTiny(corpus);
});
afterAll(() => rm(corpus, { recursive: true, force: true }));

it.each([
  ['lists, which are the same for every seed', { split: { kind: 'lists', column: 'list' } }, false],
  ['a split at random', { split: { kind: 'stratified' } }, true],
  ['one seed', { split: { kind: 'stratified' }, seeds: 1 }, false],
  ['folds of one seed', { split: { kind: 'k-fold', column: 'list', folds: 3 }, seeds: 1 }, false],
])('whether seeds draw their splits: %s', async (_, changes: ConfigTree, expected) => {
  const { experiment } = tinyConfig(corpus, { orthogonal: { column: 'speaker' }, seeds: 3, ...changes });
  const { repetitions } = await drawSplits(experiment);
  const sides = repetitions.map(({ fold, split: { train, validation, test } }) => ({
    fold,
    train: { clips: train },
    validation: { clips: validation },
    test: { clips: test },
  }));
  expect(isRedrawn(sides)).toBe(expected);
});

it('noise that each seed mixes in anew is another split', () => {
  const side = (snr: number) => ({
    clips: [{ id: 'a.wav', path: '/a.wav', labels: {}, noise: { path: '/n.wav', start: 0, snr } }],
  });
  const repetition = (snr: number) => ({
    fold: undefined,
    train: side(snr),
    validation: side(5),
    test: side(5),
  });
  expect(isRedrawn([repetition(0), repetition(0)])).toBe(false);
  expect(isRedrawn([repetition(0), repetition(10)])).toBe(true);
});
