import { describe, expect, it } from 'vitest';
import { rungsOf } from '../../../../src/runs/config/sweep/rungs.js';

const rungs = (cells: number, whole: number, change: object = {}) =>
  rungsOf(cells, whole, { start: 1, factor: 3, keep: 1, ...change }).map(({ cells: n, keeps, amount }) => [
    n,
    amount,
    keeps,
  ]);

describe('rungs', () => {
  it('are those of the published bracket: 27 cells of one, nine of three, three of nine, one in full', () => {
    // Jamieson and Talwalkar 2016; table 1 of Li et al. 2018 (Hyperband): n = 81, 27, 9, 3, 1 and r = 1, 3, 9, 27, 81.
    expect(rungs(81, 81)).toEqual([
      [81, 1, 27],
      [27, 3, 9],
      [9, 9, 3],
      [3, 27, 1],
    ]);
  });

  it('end where a cell would have had all of it, or as many are left as are kept', () => {
    expect(rungs(27, 5)).toEqual([
      [27, 1, 9],
      [9, 3, 3],
    ]);
    expect(rungs(27, 30, { keep: 4 })).toEqual([
      [27, 1, 9],
      [9, 3, 4],
    ]);
    expect(rungs(5, 30, { start: 4, factor: 2 })).toEqual([
      [5, 4, 2],
      [2, 8, 1],
    ]);
  });

  it('are none where there is nothing to be left out', () => {
    expect(rungs(9, 1)).toEqual([]);
    expect(rungs(1, 9)).toEqual([]);
  });

  it('never keep nobody, also where there are fewer cells than the factor', () => {
    expect(rungs(2, 9)).toEqual([[2, 1, 1]]);
  });
});
