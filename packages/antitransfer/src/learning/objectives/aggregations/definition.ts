import type { Value } from 'onnx-autograd';
import { type Definition, noSettings } from '../../../registry.js';
import { asRows, type Comparison, compareElements } from '../comparison.js';

/** What becomes of the channels before two sets of feature maps are compared. */
export interface Aggregation {
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

/** An aggregation, as the registry knows it. All of these are those of arXiv 2006.06494. */
export interface AggregationDefinition<Name extends string = string> extends Definition {
  readonly name: Name;
  /** What a penalty makes of feature maps before it compares them. */
  create(): Aggregation;
}

/** An aggregation as it is: none has settings. */
export function defineAggregation<const Name extends string>(
  name: Name,
  description: string,
  aggregation: Aggregation,
): AggregationDefinition<Name> {
  return { name, description, settings: noSettings, create: () => aggregation };
}

/** An aggregation that is computed of each network's maps by themselves: to `(batch, 1, elements)` or `(batch, rows, elements)`. */
export function elementwise(aggregate: (maps: Value) => Value): Aggregation {
  return {
    prepare: (frozen) => aggregate(asRows(frozen)),
    compare: (current, prepared) => compareElements(aggregate(asRows(current)), prepared),
  };
}
