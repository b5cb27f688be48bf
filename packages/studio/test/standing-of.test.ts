import { expect, it } from 'vitest';
import { standingOf } from '../src/comparisons/standing-of.js';

it('is an earlier answer that lacks a seed, fold or method which was asked for since; not one that knows why it failed', () => {
  const cell = (of: string, repetition: number) => ({ name: of, of, repetition, job: '', assessment: '' });
  const index = {
    repetitions: [
      { seed: 1, fold: null },
      { seed: 2, fold: 0 },
    ],
    methods: [cell('no-transfer', 0), cell('no-transfer', 1)],
  };
  const repetitions = { done: 2, asked: 2 };
  const first = { method: 'no-transfer', seed: 1 };
  const second = { method: 'no-transfer', seed: 2, fold: 0 };
  expect(standingOf({ repetitions, runs: [first, second], failed: [] }, index)).toBeUndefined();
  expect(standingOf({ repetitions, runs: [first], failed: [second] }, index)).toBeUndefined();
  expect(standingOf({ repetitions, runs: [first], failed: [] }, index)).toBe('earlier');
  expect(standingOf({ repetitions, runs: [first, { ...second, fold: 1 }], failed: [] }, index)).toBe(
    'earlier',
  );
  const more = { ...index, methods: [...index.methods, cell('cka', 0)] };
  expect(standingOf({ repetitions, runs: [first, second], failed: [] }, more)).toBe('earlier');
  const soFar = { runs: [first], failed: [], repetitions: { done: 1, asked: 2 } };
  expect(standingOf(soFar, index)).toBe('so far');
});
