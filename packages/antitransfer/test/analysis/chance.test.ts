import { describe, expect, it } from 'vitest';
import { chanceOver, testAgainstChance } from '../../src/analysis/chance.js';

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

describe('testAgainstChance', () => {
  // Exact sums of binomial coefficients as fractions (Python 3.12), and the shares at which they are 0.025.
  it.each([
    {
      right: 23,
      clips: 72,
      chance: 0.25,
      p: 0.11206499035113722,
      low: 0.2144179360873128,
      high: 0.43985843652853385,
    },
    {
      right: 65,
      clips: 500,
      chance: 0.1,
      p: 0.017971753385883204,
      low: 0.10178293283994644,
      high: 0.16267648193700146,
    },
    {
      right: 15,
      clips: 20,
      chance: 0.5,
      p: 0.020694732666015625,
      low: 0.5089541282920425,
      high: 0.9134285308985655,
    },
    { right: 0, clips: 20, chance: 0.5, p: 1, low: 0, high: 0.16843347098308548 },
    { right: 20, clips: 20, chance: 0.5, p: 9.5367431640625e-7, low: 0.8315665290169147, high: 1 },
  ])('$right of $clips right at a chance of $chance', ({ right, clips, chance, p, low, high }) => {
    const test = testAgainstChance(right / clips, chance, clips);
    expect(Math.abs(test.p - p)).toBeLessThan(1e-9);
    expect(test.interval[0]).toBeCloseTo(low, 7);
    expect(test.interval[1]).toBeCloseTo(high, 7);
  });

  it('tells nothing from little, and little from some', () => {
    // Four classes at 31.9%: of 72 clips that may be luck, of 2000 it is not, but little was learned.
    expect(testAgainstChance(0.319, 0.25, 72).learned).toBe('none');
    expect(testAgainstChance(0.319, 0.25, 2000).learned).toBe('little');
    expect(testAgainstChance(0.6, 0.25, 72).learned).toBe('some');
    expect(testAgainstChance(0.1, 0.25, 1000).learned).toBe('none');
    // Always right, where there is one class: nothing that chance is not.
    expect(testAgainstChance(1, 1, 10).learned).toBe('none');
  });

  it('needs clips', () => {
    expect(() => testAgainstChance(0.5, 0.5, 0)).toThrow('There are 0 clips');
  });
});
