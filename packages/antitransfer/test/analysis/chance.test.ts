import { expect, it } from 'vitest';
import { chanceOver } from '../../src/analysis/chance.js';

it('chance is that of each test set, not of all of them together', () => {
  expect(
    chanceOver([
      ['a', 'a', 'b', 'b'],
      ['c', 'c', 'c', 'd'],
    ]),
  ).toBeCloseTo((0.5 + 0.75) / 2, 12);
  expect(chanceOver([['a'], []])).toBe(1);
  expect(chanceOver([])).toBe(0);
});
