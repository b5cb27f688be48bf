import type { AggregationName } from '../../../src/learning/objectives/aggregations/registry.js';

/** Feature maps in double precision, `(batch, channels, height, width)`, row-major. */
export interface Maps {
  readonly shape: readonly [number, number, number, number];
  readonly data: readonly number[];
}

/** An aggregate: sample, row, element. */
type Aggregate = number[][][];

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const average = (values: readonly number[]) => total(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]) => total(a.map((value, i) => value * (b[i] ?? 0)));

/** Sample, channel, pixel. */
function rowsOf({ shape: [batch, channels, height, width], data }: Maps): Aggregate {
  const pixels = height * width;
  return numbers(batch).map((b) =>
    numbers(channels).map((c) => data.slice((b * channels + c) * pixels, (b * channels + c + 1) * pixels)),
  );
}

/** One row a sample: what `combine` makes of a pixel's values in all channels. */
function overChannels(combine: (values: readonly number[]) => number) {
  return (maps: Maps): Aggregate =>
    rowsOf(maps).map((rows) => [
      numbers(rows[0]?.length ?? 0).map((p) => combine(rows.map((row) => row[p] ?? 0))),
    ]);
}

function gramMatrix(rows: readonly number[][]): number[][] {
  const size = rows.length * (rows[0]?.length ?? 0) * 0.001;
  return rows.map((a) => rows.map((b) => dot(a, b) / size));
}

/** Every channel `i` of one beside every channel `j` of the other, laid out as the official code lays them out. */
function pairs(own: 'first' | 'second', chosen?: readonly number[]) {
  return (maps: Maps): Aggregate =>
    rowsOf(maps).map((all) => {
      const rows = chosen?.map((c) => all[c] ?? []) ?? all;
      return [rows.flatMap((a) => rows.flatMap((b) => (own === 'first' ? a : b)))];
    });
}

interface Definition {
  readonly current: (maps: Maps) => Aggregate;
  readonly frozen: (maps: Maps) => Aggregate;
}

/** The aggregations written out as in the paper and its code, without a thought for speed. */
export function definitionOf(aggregation: AggregationName, chosen: readonly number[]): Definition {
  const both = (aggregate: (maps: Maps) => Aggregate) => ({ current: aggregate, frozen: aggregate });
  switch (aggregation) {
    case 'none':
      return both(rowsOf);
    case 'mean':
      return both(overChannels(average));
    case 'sum':
      return both(overChannels(total));
    case 'max':
      return both(overChannels((values) => Math.max(...values)));
    case 'mul-comp':
      return both(
        overChannels((values) => values.reduce((product, value) => product * (value + 1e-10) ** 0.001, 1)),
      );
    case 'gram':
      return both((maps) => rowsOf(maps).map(gramMatrix));
    case 'gram-batch':
      return both((maps) => [gramMatrix(rowsOf(maps).flat())]);
    case 'pairwise':
      return { current: pairs('first'), frozen: pairs('second') };
    case 'stochastic-pairwise':
      return { current: pairs('first', chosen), frozen: pairs('second', chosen) };
  }
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(a, b) / (Math.max(Math.sqrt(dot(a, a)), 1e-8) * Math.max(Math.sqrt(dot(b, b)), 1e-8));
}

/** The published similarities of two aggregates. */
export const similarityDefinitions = {
  'squared-cosine': (a: Aggregate, b: Aggregate) =>
    average(a.map((sample, s) => cosine(sample.flat(), (b[s] ?? []).flat()) ** 2)),
  'squared-cosine-rows': (a: Aggregate, b: Aggregate) =>
    average(a.flatMap((sample, s) => sample.map((row, r) => Math.abs(cosine(row, b[s]?.[r] ?? []))))) ** 2,
  'negated-sigmoid-mse': (a: Aggregate, b: Aggregate) => {
    const [x, y] = [a.flat(2), b.flat(2)];
    return -1 / (1 + Math.exp(-average(x.map((value, i) => (value - (y[i] ?? 0)) ** 2))));
  },
} as const;

/** The gradient of a function of maps, by central differences in double precision. */
export function differences(maps: Maps, value: (maps: Maps) => number, step = 1e-6): number[] {
  return maps.data.map((centre, i) => {
    const moved = (by: number) => ({ ...maps, data: maps.data.with(i, centre + by) });
    return (value(moved(step)) - value(moved(-step))) / (2 * step);
  });
}
