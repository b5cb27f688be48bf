import { expect, test } from 'vitest';
import { groupBy } from '../src/group-by.js';

test('groups come in the order of their first items, items in theirs', () => {
  const groups = groupBy([5, 2, 7, 4, 1], (number) => (number % 2 === 0 ? 'even' : 'odd'));
  expect([...groups]).toEqual([
    ['odd', [5, 7, 1]],
    ['even', [2, 4]],
  ]);
  expect(groupBy([], () => 'any').size).toBe(0);
});
