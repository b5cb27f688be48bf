import jstat from 'jstat';
import type { Random } from 'onnx-autograd/random';
import { itemAt } from '../lookup.js';
import { CONFIDENCE } from './statistics.js';

const { normal, studentt } = jstat.jStat;

/** As many as give bounds of a 95% interval to about a thirtieth of its width. */
const DRAWS = 2000;

/** How often each of some units, such as speakers, is drawn when as many as there are are drawn with replacement, again and again. */
export interface Resamples {
  readonly units: number;
  readonly draws: number;
  /** `(draws, units)`, row after row. */
  readonly counts: Uint32Array;
}

/** A measurement of one unit by one run. */
export interface CrossedValue {
  /** Which run, from 0. */
  readonly run: number;
  /** Which clip or group, from 0. */
  readonly unit: number;
  readonly value: number;
  /** How much it counts in the mean, above 0. */
  readonly weight: number;
}

/** Draws units with replacement. A single one is always drawn: what is known of one says nothing of others. */
export function resample(units: number, random: Random, draws = DRAWS): Resamples {
  const counts = new Uint32Array(draws * units);
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < units; i++) counts[draw * units + random.integer(0, units - 1)]! += 1;
  }
  return { units, draws, counts };
}

/**
 * A 95% interval of a weighted mean over units that are crossed with runs, as test speakers are with seeds: both are drawn, each by
 * itself, and a pair counts by the product (the pigeonhole bootstrap: Owen, Annals of Applied Statistics 1, 2007). What
 * all runs share of a unit so stays in the interval; drawn within each run, it would cancel out. Of few units the percentiles are moved
 * outwards, as Student's t is wider than the normal distribution (Hesterberg, The American Statistician 69, 2015).
 *
 * @returns undefined where nothing is known: of fewer than two units, or when nothing varies
 */
export function crossedInterval(
  values: readonly CrossedValue[],
  runs: Resamples,
  units: Resamples,
): readonly [low: number, high: number] | undefined {
  if (units.units < 2) return undefined;
  const means = Array.from({ length: Math.min(runs.draws, units.draws) }, (_, draw) => {
    const [run, unit] = [draw * runs.units, draw * units.units];
    let total = 0;
    let weights = 0;
    for (const value of values) {
      const weight = value.weight * runs.counts[run + value.run]! * units.counts[unit + value.unit]!;
      total += weight * value.value;
      weights += weight;
    }
    return total / weights;
  })
    // Where runs test other units, a draw may hold no pair of both.
    .filter((mean) => !Number.isNaN(mean))
    .sort((a, b) => a - b);
  if (means.length === 0) return undefined;
  const tail = expandedTail(units.units);
  const interval = [quantile(means, tail), quantile(means, 1 - tail)] as const;
  return interval[1] > interval[0] ? interval : undefined;
}

/** The percentile at which an interval over `n` units ends so that it is as wide as Student's t with the sample's deviation. */
function expandedTail(n: number): number {
  const t = studentt.inv((1 + CONFIDENCE) / 2, n - 1);
  return normal.cdf(-Math.sqrt(n / (n - 1)) * t, 0, 1);
}

/** Linear between the values beside it, as numpy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [itemAt(sorted, Math.floor(at)), itemAt(sorted, Math.ceil(at))];
  return low + (at - Math.floor(at)) * (high - low);
}
