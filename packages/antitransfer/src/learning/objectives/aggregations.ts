import { expressions, int64, sizeAt, type Value } from 'onnx-autograd';
import {
  asRows,
  type Comparison,
  compareElements,
  cosineOf,
  squaredNorm,
  timesTransposed,
  transposedTimes,
} from './comparison.js';

const { add, cast, div, equal, exp, log, mean, mul, reshape, sizeOf, sub, sum, unsqueeze } = expressions;

/** What becomes of the channels before two sets of feature maps are compared. */
export interface Aggregation {
  readonly description: string;
  /**
   * What is kept of the frozen network's maps `(batch, channels, height, width)`: always one entry a sample, so that it
   * can be cached by clip.
   */
  prepare(frozen: Value): Value;
  /**
   * Compares the network's maps `(batch, channels, height, width)` with what {@link prepare} kept.
   *
   * @param chosen where {@link choosesChannels}: the channels, no two the same, that are looked at, int64 `(chosen)`
   */
  compare(current: Value, prepared: Value, chosen?: Value): Comparison;
  /** True when it looks at a random choice of channels, drawn anew at every step. */
  readonly choosesChannels?: true;
}

/** An aggregation that is computed of each network's maps by themselves: to `(batch, 1, elements)` or `(batch, rows, elements)`. */
function elementwise(description: string, aggregate: (maps: Value) => Value): Aggregation {
  return {
    description,
    prepare: (frozen) => aggregate(asRows(frozen)),
    compare: (current, prepared) => compareElements(aggregate(asRows(current)), prepared),
  };
}

/** The official code adds this before it takes the logarithm of what may be zero. */
const mulCompEpsilon = 1e-10;
const mulCompPower = 0.001;
/** The official code divides Gram matrices by it. */
const gramScale = 0.001;

/** The largest over channels; of equal channels the first has the gradient, as in the official code. */
function maxOverChannels(rows: Value): Value {
  const channels = sizeAt(rows, 1);
  const pooled = rows.graph.apply('MaxPool', [unsqueeze(rows, [1])], { kernel_shape: [channels, 1] });
  return reshape(pooled, [0, 1, -1]);
}

/** Pixels of a map, or channels: whichever is fewer decides how a Gram matrix is best compared. */
function pixelsOf(maps: Value): number {
  return maps.knownShape.slice(2).reduce<number>((product, _, i) => product * sizeAt(maps, i + 2), 1);
}

/** `A A' / (channels pixels)` of each sample: `(batch, channels, channels)`. */
function gramOf(rows: Value): Value {
  const [channels, pixels] = [sizeAt(rows, 1), sizeAt(rows, 2)];
  return mul(timesTransposed(rows, rows), 1 / (channels * pixels * gramScale));
}

/**
 * Gram matrices of a sample. Where a map has fewer pixels than channels they are never made: the inner product of
 * `A A'` and `B B'` is the sum of squares of `A' B`, a matrix of pixels by pixels.
 */
const gram: Aggregation = {
  description: 'Gram matrix of the channels, one a sample',
  prepare: (frozen) => (hasFewPixels(frozen) ? asRows(frozen) : gramOf(asRows(frozen))),
  compare: (current, prepared) => {
    const rows = asRows(current);
    if (!hasFewPixels(current)) return compareElements(gramOf(rows), prepared);
    const explicit = () => compareElements(gramOf(rows), gramOf(prepared));
    return {
      cosine: () =>
        cosineOf(
          squaredNorm(transposedTimes(rows, prepared)),
          squaredNorm(transposedTimes(rows, rows)),
          squaredNorm(transposedTimes(prepared, prepared)),
        ),
      rowCosines: () => explicit().rowCosines(),
      meanSquaredDifference: () => explicit().meanSquaredDifference(),
    };
  },
};

function hasFewPixels(maps: Value): boolean {
  return pixelsOf(maps) < sizeAt(maps, 1);
}

/** Rows of every sample under one another: `(batch, channels, pixels)` to `(1, batch * channels, pixels)`. */
function batchRows(rows: Value): Value {
  return reshape(rows, [1, -1, sizeAt(rows, 2)]);
}

/** One Gram matrix over batch and channels, divided by its number of elements. */
function batchGramOf(rows: Value): Value {
  const all = batchRows(rows);
  const perRow = sizeAt(rows, 2) * gramScale;
  return div(timesTransposed(all, all), mul(sizeOf(all, 1), perRow));
}

const batchGram: Aggregation = {
  description: 'one Gram matrix over batch and channels, as in the official code',
  prepare: asRows,
  compare: (current, prepared) => compareElements(batchGramOf(asRows(current)), batchGramOf(prepared)),
};

/**
 * Every channel of one network beside every channel of the other. The official code lays all pairs out in memory;
 * the sums over pairs come apart: `sum <a_i, b_j> = <sum a_i, sum b_j>`.
 */
function comparePairs(a: Value, b: Value, channels: expressions.Operand): Comparison {
  const dot = sum(mul(sum(a, [1], false), sum(b, [1], false)), [1], false);
  const [squareA, squareB] = [squaredNorm(a), squaredNorm(b)];
  const cosine = () => div(cosineOf(dot, squareA, squareB), channels);
  const pixels = sizeAt(a, 2);
  return {
    cosine,
    rowCosines: cosine,
    meanSquaredDifference: () => {
      const total = sub(mul(add(squareA, squareB), channels), mul(dot, 2));
      return div(div(div(mean(total, undefined, false), channels), channels), pixels);
    },
  };
}

const pairwise: Aggregation = {
  description: 'every channel beside every channel of the frozen network',
  prepare: asRows,
  compare: (current, prepared) => comparePairs(asRows(current), prepared, sizeAt(current, 1)),
};

const stochasticPairwise: Aggregation = {
  description: 'pairwise over some neighbouring channels, others at every step',
  choosesChannels: true,
  prepare: asRows,
  compare: (current, prepared, chosen) => {
    if (chosen === undefined)
      throw new TypeError('The aggregation "stochastic-pairwise" needs the channels.');
    const { graph } = current;
    const all = Array.from({ length: sizeAt(current, 1) }, (_, channel) => channel);
    // Zeros for the others change none of the sums over pairs, and unlike a gather need no scatter on the way back.
    const matches = cast(
      equal(reshape(chosen, [-1, 1]), graph.constant(int64(all, [1, all.length]))),
      'float32',
    );
    const isChosen = reshape(sum(matches, [0]), [1, -1, 1]);
    const pick = (rows: Value) => mul(rows, isChosen);
    return comparePairs(pick(asRows(current)), pick(prepared), sizeOf(chosen, 0));
  },
};

/** The aggregations by name. All are those of arXiv 2006.06494; `gram` is one a sample, `gram-batch` the official form. */
export const aggregations = {
  none: elementwise('maps as they are', (rows) => rows),
  mean: elementwise('mean over channels', (rows) => mean(rows, [1])),
  sum: elementwise('sum over channels', (rows) => sum(rows, [1])),
  max: elementwise('largest over channels', maxOverChannels),
  'mul-comp': elementwise(
    'product over channels of the values (none negative: behind a ReLU) to the power of 0.001',
    (rows) => exp(mul(sum(log(add(rows, mulCompEpsilon)), [1]), mulCompPower)),
  ),
  gram,
  'gram-batch': batchGram,
  pairwise,
  'stochastic-pairwise': stochasticPairwise,
} as const satisfies Record<string, Aggregation>;

export type AggregationName = keyof typeof aggregations;
