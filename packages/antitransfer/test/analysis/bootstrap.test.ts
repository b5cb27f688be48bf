import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { type CrossedValue, crossedInterval, resample } from '../../src/analysis/bootstrap.js';
import { meanInterval } from '../../src/analysis/statistics.js';

/** Deviations of what seeds, speakers and single answers add to a gain, in points. */
interface Variation {
  readonly ofSeeds: number;
  readonly ofSpeakers: number;
  readonly ofAnswers: number;
}

/** How often intervals over seeds, and over seeds and speakers, hold the true mean of all seeds and speakers, which is 0. */
function coverage(seeds: number, speakers: number, { ofSeeds, ofSpeakers, ofAnswers }: Variation, of = 400) {
  const random = new Random(seeds).fork(`${speakers}`);
  const covered = { seeds: 0, speakers: 0 };
  for (let sample = 0; sample < of; sample++) {
    const drawn = (count: number, deviation: number) =>
      Array.from({ length: count }, () => deviation * random.normal());
    const [bySeed, bySpeaker] = [drawn(seeds, ofSeeds), drawn(speakers, ofSpeakers)];
    const values = bySeed.flatMap((seed, run) =>
      bySpeaker.map((speaker, unit): CrossedValue => {
        const value = seed + speaker + ofAnswers * random.normal();
        return { run, unit, value, weight: 1 / speakers };
      }),
    );
    const means = bySeed.map(
      (_, of) => values.filter(({ run }) => run === of).reduce((sum, { value }) => sum + value, 0) / speakers,
    );
    const runs = resample(seeds, random.fork(`seeds ${sample}`), 500);
    const units = resample(speakers, random.fork(`speakers ${sample}`), 500);
    const holds = (interval: readonly [number, number] | undefined) =>
      interval !== undefined && interval[0] <= 0 && interval[1] >= 0 ? 1 : 0;
    covered.seeds += holds(meanInterval(means)) / of;
    covered.speakers += holds(crossedInterval(values, runs, units)) / of;
  }
  return covered;
}

describe('an interval over seeds and speakers', () => {
  it.each([
    ['speakers that differ much', 5, 8, { ofSeeds: 2, ofSpeakers: 10, ofAnswers: 8 }],
    ['seeds that differ much', 8, 8, { ofSeeds: 8, ofSpeakers: 2, ofAnswers: 8 }],
    ['both', 10, 20, { ofSeeds: 4, ofSpeakers: 6, ofAnswers: 8 }],
    ['few speakers', 5, 4, { ofSeeds: 2, ofSpeakers: 10, ofAnswers: 8 }],
  ] as const)('holds the mean of all in about 95 of 100 samples: %s', (_, seeds, speakers, variation) => {
    // Of 400 samples 95% is 0.92 to 0.97; a pair's own variation is counted more than once, which widens.
    const found = coverage(seeds, speakers, variation).speakers;
    expect(found).toBeGreaterThan(0.915);
    expect(found).toBeLessThan(0.995);
  });

  it('is needed: one over seeds only seldom holds what other speakers would gain', () => {
    const found = coverage(5, 8, { ofSeeds: 2, ofSpeakers: 10, ofAnswers: 8 });
    expect(found.seeds).toBeLessThan(0.7);
  });

  it('is as wide as Student’s t where speakers differ and runs do not', () => {
    const gains = [3, -1, 7, 4, 12, 5, 2, 9, -4, 6];
    const values = gains.map((value, unit) => ({ run: 0, unit, value, weight: 0.1 }));
    const random = new Random(1);
    const [low, high] = crossedInterval(values, resample(1, random), resample(10, random)) ?? [0, 0];
    const [from, to] = meanInterval(gains) ?? [0, 0];
    expect(Math.abs(low - from)).toBeLessThan(0.1 * (to - from));
    expect(Math.abs(high - to)).toBeLessThan(0.1 * (to - from));
  });

  it('knows nothing of one unit, or where nothing varies', () => {
    const random = new Random(1);
    const value = { run: 0, unit: 0, value: 3, weight: 1 };
    expect(crossedInterval([value], resample(3, random), resample(1, random))).toBeUndefined();
    const same = [value, { ...value, unit: 1 }];
    expect(crossedInterval(same, resample(1, random), resample(2, random))).toBeUndefined();
  });
});

describe('resample', () => {
  it('draws as many units as there are, each as often as any other', () => {
    const { counts } = resample(4, new Random(2), 2000);
    const rows = Array.from({ length: 2000 }, (_, draw) => [...counts.subarray(4 * draw, 4 * draw + 4)]);
    for (const row of rows) expect(row.reduce((sum, count) => sum + count, 0)).toBe(4);
    for (let unit = 0; unit < 4; unit++) {
      const drawn = rows.reduce((sum, row) => sum + row[unit]!, 0) / 2000;
      expect(drawn).toBeCloseTo(1, 1);
    }
  });
});
