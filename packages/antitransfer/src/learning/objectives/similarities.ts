import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { type Aggregation, type AggregationName, aggregations } from './aggregations.js';
import { asRows, type Comparison, cosineOf, squaredNorm, timesTransposed } from './comparison.js';

const { abs, div, globalAveragePool, maximum, mean, mul, neg, reshape, sigmoid, sqrt, square, sub, sum } =
  expressions;

/** What must be equal of two networks' maps, for them to be compared. */
export type MustMatch = 'channels and size' | 'size' | 'nothing';

/** Where a similarity comes from. */
export const paper = 'arXiv 2006.06494';

/** Says how alike two networks' feature maps are, as a scalar of the graph. */
export interface SimilarityTerm {
  readonly mustMatch: MustMatch;
  /** What is kept of the frozen network's maps: one entry a sample, so that it can be cached by clip. */
  prepare(frozen: Value): Value;
  /**
   * The similarity: a scalar.
   *
   * @param chosen where {@link choosesChannels}: the channels, no two the same, that are looked at, int64 `(chosen)`
   */
  measure(current: Value, prepared: Value, chosen?: Value): Value;
  /** True when it looks at a random choice of channels, to be drawn anew at every step. */
  readonly choosesChannels: boolean;
}

/** A similarity, once an aggregation is chosen; one that looks at the maps themselves ignores it. */
export interface SimilarityDefinition {
  readonly name: string;
  readonly description: string;
  /** The paper that it is of, or `this toolkit`. */
  readonly source: string;
  create(aggregation: Aggregation): SimilarityTerm;
}

/** A similarity of aggregates. */
function ofAggregates(compare: (comparison: Comparison) => Value): SimilarityDefinition['create'] {
  return (aggregation) => ({
    mustMatch: 'channels and size',
    prepare: aggregation.prepare,
    measure: (current, prepared, channels) => compare(aggregation.compare(current, prepared, channels)),
    choosesChannels: aggregation.choosesChannels ?? false,
  });
}

/** A similarity of the maps themselves. */
function ofMaps(term: Omit<SimilarityTerm, 'choosesChannels'>): SimilarityDefinition['create'] {
  return () => ({ ...term, choosesChannels: false });
}

/**
 * Linear centred kernel alignment over the batch (Kornblith et al. 2019): of the maps averaged over time and frequency.
 * It does not change when channels are permuted, rotated or scaled together.
 */
function linearCka(x: Value, y: Value): Value {
  const centred = (vectors: Value) => sub(vectors, mean(vectors, [0]));
  const kernel = (vectors: Value) => timesTransposed(centred(vectors), centred(vectors));
  const [k, l] = [kernel(x), kernel(y)];
  return cosineOf(sum(mul(k, l), [0, 1], false), squaredNorm(k), squaredNorm(l));
}

/** `(batch, channels, height, width)` to `(batch, channels)`: the mean over time and frequency. */
export function averageOverSpace(maps: Value): Value {
  return reshape(globalAveragePool(maps), [0, -1]);
}

/**
 * Below this variance a channel counts as dead and is correlated with nothing. A bound and not an addition: a network
 * must not be able to lower the penalty by making its maps small.
 */
const varianceFloor = 1e-8;

/** Each channel less its mean over batch and pixels, and its deviation: `(batch, channels, pixels)`, `(1, channels, 1)`. */
function standardise(rows: Value): { centred: Value; deviation: Value } {
  const average = (value: Value) => mean(mean(value, [2]), [0]);
  const centred = sub(rows, average(rows));
  return { centred, deviation: sqrt(maximum(average(square(centred)), varianceFloor)) };
}

/**
 * Mean over all pairs of a channel of one network and a channel of the other of their squared correlation over batch
 * and pixels. It does not change when channels are permuted or scaled.
 */
function meanSquaredCorrelation(x: Value, y: Value): Value {
  const [a, b] = [standardise(x), standardise(y)];
  const covariance = mean(mul(timesTransposed(a.centred, b.centred), 1 / sizeAt(x, 2)), [0], false);
  const column = (deviation: Value) => reshape(deviation, [-1, 1]);
  const row = (deviation: Value) => reshape(deviation, [1, -1]);
  const correlation = div(covariance, mul(column(a.deviation), row(b.deviation)));
  return mean(square(correlation), undefined, false);
}

/**
 * The similarities by name.
 *
 * Of identical maps, the squared cosines are 1 (of a pairwise aggregation less: it looks at unlike channels too), the
 * negated sigmoid is -0.5 (pairwise: less), CKA is 1, and correlation lies between 1 / channels and 1. The negated
 * sigmoid falls to -1 as maps move apart; the others fall to 0.
 */
export const similarities = {
  'squared-cosine': {
    name: 'squared-cosine',
    description: 'mean over samples of the squared cosine of the aggregates',
    source: paper,
    create: ofAggregates((comparison) => mean(square(comparison.cosine()), undefined, false)),
  },
  'squared-cosine-rows': {
    name: 'squared-cosine-rows',
    description: "square of the mean absolute cosine of all rows: the official code's",
    source: paper,
    create: ofAggregates((comparison) => square(mean(abs(comparison.rowCosines()), undefined, false))),
  },
  'negated-sigmoid-mse': {
    name: 'negated-sigmoid-mse',
    description: 'sigmoid of the mean squared difference, negated',
    source: paper,
    create: ofAggregates((comparison) => neg(sigmoid(comparison.meanSquaredDifference()))),
  },
  cka: {
    name: 'cka',
    description: 'linear CKA over the batch of the maps averaged over time and frequency',
    source: 'this toolkit',
    create: ofMaps({
      mustMatch: 'nothing',
      prepare: averageOverSpace,
      measure: (current, prepared) => linearCka(averageOverSpace(current), prepared),
    }),
  },
  correlation: {
    name: 'correlation',
    description: 'mean squared correlation of every pair of channels over batch and pixels',
    source: 'this toolkit',
    create: ofMaps({
      mustMatch: 'size',
      prepare: asRows,
      measure: (current, prepared) => meanSquaredCorrelation(asRows(current), prepared),
    }),
  },
} as const satisfies Record<string, SimilarityDefinition>;

export type SimilarityName = keyof typeof similarities;

/** Joins an aggregation and a similarity. `cka` and `correlation` look at the maps themselves: their aggregation is ignored. */
export function similarityTerm(aggregation: AggregationName, similarity: SimilarityName): SimilarityTerm {
  return similarities[similarity].create(aggregations[aggregation]);
}
