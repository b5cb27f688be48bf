import type { Value } from 'onnx-autograd';
import { type Definition, noSettings } from '../../../registry.js';
import type { Aggregation } from '../aggregations/definition.js';
import type { Comparison } from '../comparison.js';

/** What must be equal of two networks' maps, for them to be compared. */
export type MustMatch = 'channels and size' | 'size' | 'nothing';

/** Where a similarity comes from. */
export const paper = 'arXiv 2006.06494';

/** Says how alike two networks' feature maps are, as a scalar of the graph. */
export interface SimilarityTerm {
  readonly mustMatch: MustMatch;
  /** The least clips that it is an estimate of; 1 when absent. */
  readonly leastClips?: number;
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

/** A similarity, as the registry knows it. */
export interface SimilarityDefinition<Name extends string = string> extends Definition {
  readonly name: Name;
  /** The paper that it is of, or `this toolkit`. */
  readonly source: string;
  /** True when it looks at the maps themselves. */
  readonly ignoresAggregation: boolean;
  /** The term of a penalty that measures likeness of what the aggregation makes. */
  create(aggregation: Aggregation): SimilarityTerm;
}

/** A similarity as it is: none has settings. */
export function defineSimilarity<const Name extends string>(
  definition: Omit<SimilarityDefinition<Name>, 'settings'>,
): SimilarityDefinition<Name> {
  return { ...definition, settings: noSettings };
}

/** A similarity of aggregates. */
export function ofAggregates(
  compare: (comparison: Comparison) => Value,
): Pick<SimilarityDefinition, 'create' | 'ignoresAggregation'> {
  const create = (aggregation: Aggregation): SimilarityTerm => ({
    mustMatch: 'channels and size',
    prepare: aggregation.prepare,
    measure: (current, prepared, channels) => compare(aggregation.compare(current, prepared, channels)),
    choosesChannels: aggregation.choosesChannels ?? false,
  });
  return { create, ignoresAggregation: false };
}

/** A similarity of the maps themselves. */
export function ofMaps(
  term: Omit<SimilarityTerm, 'choosesChannels'>,
): Pick<SimilarityDefinition, 'create' | 'ignoresAggregation'> {
  return { create: () => ({ ...term, choosesChannels: false }), ignoresAggregation: true };
}
