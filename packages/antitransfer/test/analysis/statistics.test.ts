import { describe, expect, it } from 'vitest';
import { effectSize, holm, pairedDifference, spread } from '../../src/analysis/statistics.js';

/**
 * Expected numbers: scipy 1.17.1, `scipy.stats.ttest_rel(first, second)` with its `confidence_interval(0.95)`, and
 * numpy's `std(ddof=1)`. jStat agrees with scipy's t distribution to about nine digits.
 */
const PAIRED = [
  {
    name: 'seven seeds, a clear difference',
    first: [0.585, 0.61, 0.572, 0.633, 0.549, 0.601, 0.588],
    second: [0.425, 0.455, 0.43, 0.47, 0.41, 0.421, 0.44],
    mean: 0.15528571428571425,
    deviation: 0.01406786273407449,
    t: 29.20467663974965,
    degreesOfFreedom: 6,
    p: 1.0680633209180381e-7,
    interval: [0.1422751112481836, 0.1682963173232449],
  },
  {
    name: 'four seeds, no difference',
    first: [0.52, 0.5, 0.51, 0.53],
    second: [0.515, 0.505, 0.512, 0.529],
    mean: -0.00025,
    deviation: 0.004272001872658769,
    t: -0.11704114719613057,
    degreesOfFreedom: 3,
    p: 0.9142232834786441,
    interval: [-0.00704770828790399, 0.00654770828790399],
  },
  {
    name: 'two seeds, one degree of freedom',
    first: [0.585, 0.61],
    second: [0.425, 0.455],
    mean: 0.1575,
    deviation: 0.0035355339059327407,
    t: 63,
    degreesOfFreedom: 1,
    p: 0.010104227213323803,
    interval: [0.1257344881595632, 0.18926551184043675],
  },
];

function zip(first: readonly number[], second: readonly number[]): [number, number][] {
  return first.map((value, index) => [value, second[index]!]);
}

describe('pairedDifference', () => {
  it.each(PAIRED)("equals scipy's paired t-test: $name", (expected) => {
    const found = pairedDifference(zip(expected.first, expected.second))!;
    expect(found.n).toBe(expected.first.length);
    expect(found.mean).toBeCloseTo(expected.mean, 12);
    expect(found.deviation).toBeCloseTo(expected.deviation, 12);
    expect(found.test!.t / expected.t).toBeCloseTo(1, 9);
    expect(found.test!.degreesOfFreedom).toBe(expected.degreesOfFreedom);
    expect(found.test!.p / expected.p).toBeCloseTo(1, 7);
    expect(found.test!.interval[0]).toBeCloseTo(expected.interval[0]!, 9);
    expect(found.test!.interval[1]).toBeCloseTo(expected.interval[1]!, 9);
    expect(found.test!.corrected).toBe(false);
  });

  it('widens for overlapping training sets as Nadeau and Bengio say', () => {
    // Five folds, so a quarter of a test clip a training clip. scipy: se = s * sqrt(1/5 + 1/4), t.sf and t.ppf with 4.
    const { first, second } = PAIRED[0]!;
    const found = pairedDifference(zip(first.slice(0, 5), second.slice(0, 5)), { testToTrainRatio: 0.25 })!;
    expect(found.test!.t).toBeCloseTo(21.037727973129424, 7);
    expect(found.test!.p / 3.017465417307049e-5).toBeCloseTo(1, 7);
    expect(found.test!.interval[0]).toBeCloseTo(0.1317662602583633, 9);
    expect(found.test!.interval[1]).toBeCloseTo(0.17183373974163668, 9);
    expect(found.test!.corrected).toBe(true);
  });

  it('is undefined without pairs, and without a test for one pair', () => {
    expect(pairedDifference([])).toBeUndefined();
    expect(pairedDifference([[0.6, 0.5]])).toEqual({
      n: 1,
      mean: expect.closeTo(0.1, 12),
      deviation: undefined,
      test: undefined,
    });
  });

  it.each([
    ['no difference at all', [0.5, 0.25, 0.75], [0.5, 0.25, 0.75], 0],
    ['equal differences that rounding sets apart', [0.1 + 0.2, 0.4, 0.7], [0.2, 0.3, 0.6], 0.1],
  ])('has no test where nothing varies: %s', (_, first, second, mean) => {
    const found = pairedDifference(zip(first, second))!;
    expect(found.mean).toBeCloseTo(mean, 12);
    expect(found.test).toBeUndefined();
  });

  it('finds a small but real variation next to large values', () => {
    expect(pairedDifference(zip([1000.001, 1000.002, 1000.004], [1000, 1000, 1000]))!.test).toBeDefined();
  });
});

describe('spread', () => {
  it("equals numpy's mean and std(ddof=1)", () => {
    const found = spread(PAIRED[0]!.first);
    expect(found.n).toBe(7);
    expect(found.mean).toBeCloseTo(0.5911428571428571, 14);
    expect(found.deviation).toBeCloseTo(0.027064297339413602, 14);
  });

  it('knows no deviation of one value and no mean of none', () => {
    expect(spread([0.5])).toEqual({ n: 1, mean: 0.5, deviation: undefined });
    expect(spread([])).toEqual({ n: 0, mean: undefined, deviation: undefined });
  });
});

describe('holm', () => {
  it('multiplies by the tests that remain and never falls', () => {
    // By hand, p times 5, 4, 3, 2, 1 in ascending order, then the running maximum.
    const corrected = holm([0.01, 0.04, 0.03, 0.005, 0.2]);
    [0.04, 0.09, 0.09, 0.025, 0.2].forEach((expected, index) => {
      expect(corrected[index]).toBeCloseTo(expected, 12);
    });
  });

  it('stays at most 1 and leaves out what was not tested', () => {
    expect(holm([0.6, undefined, 0.7])).toEqual([1, undefined, 1]);
    expect(holm([undefined, 0.03])).toEqual([undefined, 0.03]);
  });
});

describe('effectSize', () => {
  it('is the mean over the deviation, with the correction for few pairs', () => {
    const found = pairedDifference(zip([3, 5, 4, 6], [1, 2, 3, 3]))!;
    // Differences 2, 3, 1, 3: mean 2.25, deviation 0.957427; times 1 - 3 / 11.
    expect(effectSize(found)).toBeCloseTo((2.25 / 0.9574271077563381) * (8 / 11), 12);
  });

  it('is not known of one or two pairs, or where nothing varies', () => {
    expect(effectSize(pairedDifference(zip([5, 3], [1, 2]))!)).toBeUndefined();
    expect(effectSize(pairedDifference([[2, 1]])!)).toBeUndefined();
    expect(effectSize(pairedDifference(zip([2, 3], [1, 2]))!)).toBeUndefined();
  });
});
