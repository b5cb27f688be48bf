import { expect, it } from 'vitest';
import { argmax } from '../../src/numbers/argmax.js';
import { dot } from '../../src/numbers/dot.js';
import { mean, sum } from '../../src/numbers/mean.js';
import { codeUnitOrder, naturalOrder } from '../../src/numbers/order.js';

it('argmax is the first of the largest', () => {
  expect(argmax([1, 3, 2, 3])).toBe(1);
  expect(argmax(Float32Array.of(-2, -1, -3))).toBe(1);
  expect(argmax([])).toBe(0);
});

it('dot, sum and mean add in order and in double precision', () => {
  expect(dot([1, 2, 3], Float32Array.of(4, 5, 6))).toBe(32);
  expect(sum([0.1, 0.2, 0.3])).toBe(0.1 + 0.2 + 0.3);
  expect(sum([])).toBe(0);
  expect(mean(Float32Array.of(1, 2, 6))).toBe(3);
  expect(mean([])).toBeNaN();
  // In single precision the small ones would be lost.
  expect(sum(Float32Array.of(2 ** 24, 1, 1))).toBe(2 ** 24 + 2);
});

it('labels are ordered as people count, ids by code unit', () => {
  expect(['take 10', 'take 9', 'b', 'a'].sort(naturalOrder)).toEqual(['a', 'b', 'take 9', 'take 10']);
  expect(['take 10', 'take 9', 'b', 'B'].sort(codeUnitOrder)).toEqual(['B', 'b', 'take 10', 'take 9']);
  expect(codeUnitOrder('a', 'a')).toBe(0);
});
