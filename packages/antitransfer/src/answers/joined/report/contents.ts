import { methodColours } from '../../page/palette.js';
import type { NamedResults } from '../join.js';
import { type DrawnMethod, drawnMethods } from '../layerwise/drawn-methods.js';
import { type LayerwiseGains, layerwiseGains } from '../layerwise/gains.js';

/** What the figures of several comparisons are drawn from. */
export interface JoinedContents {
  readonly comparisons: readonly DrawnComparison[];
  /** The methods of all comparisons, each once, as they are first met. */
  readonly methods: readonly DrawnMethod[];
  readonly layerwise: readonly LayerwiseGains[];
  /** The CSS colour of a method by its key. */
  readonly colours: ReadonlyMap<string, string>;
}

export interface DrawnComparison extends NamedResults {
  readonly methods: readonly DrawnMethod[];
}

/** @throws UserError when runs cannot be paired. */
export function joinedContents(all: readonly NamedResults[]): JoinedContents {
  const comparisons = all.map((named) => ({ ...named, methods: drawnMethods(named.results) }));
  const methods = [
    ...new Map(comparisons.flatMap((one) => one.methods.map((method) => [method.key, method]))).values(),
  ];
  const layerwise = layerwiseGains(all);
  const keys = [
    ...methods.map(({ key }) => key),
    ...layerwise.flatMap(({ series }) => series.map(({ form }) => form)),
  ];
  return {
    comparisons,
    methods,
    layerwise,
    colours: methodColours([...new Set(keys)].map((id) => ({ id }))),
  };
}
