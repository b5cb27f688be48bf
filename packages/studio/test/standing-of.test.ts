import { expect, it } from 'vitest';
import { isEarlier } from '../src/comparisons/earlier-answer.js';

it('is an earlier answer that lacks a seed, fold or method which was asked for; not one that knows why it failed', () => {
  const cell = (of: string, repetition: number) => ({ name: of, of, repetition, job: '', assessment: '' });
  const index = {
    repetitions: [
      { seed: 1, fold: null },
      { seed: 2, fold: 0 },
    ],
    methods: [cell('no-transfer', 0), cell('no-transfer', 1)],
  };
  const first = { method: 'no-transfer', seed: 1 };
  const second = { method: 'no-transfer', seed: 2, fold: 0 };
  expect(isEarlier({ runs: [first, second], failed: [] }, index)).toBe(false);
  expect(isEarlier({ runs: [first], failed: [second] }, index)).toBe(false);
  expect(isEarlier({ runs: [first], failed: [] }, index)).toBe(true);
  expect(isEarlier({ runs: [first, { ...second, fold: 1 }], failed: [] }, index)).toBe(true);
  const more = { ...index, methods: [...index.methods, cell('cka', 0)] };
  expect(isEarlier({ runs: [first, second], failed: [] }, more)).toBe(true);
});
