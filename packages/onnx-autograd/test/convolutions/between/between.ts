import type { Attributes } from '../../../src/graph/attributes.js';
import type { GraphBuilder, Value } from '../../../src/graph/value.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { Random } from '../../../src/random.js';
import { elementCount, float32 } from '../../../src/tensor.js';

/**
 * What stands between two convolutions: maps `(batch, channels, height, width)` in and out.
 *
 * @param stop has a value count as a constant, through which no gradient passes.
 */
export type Between = (x: Value, stop: (value: Value) => Value) => Value;

/** What stands between convolutions, by operator; of some in several ways, told behind a comma. */
export type BetweenByName = Readonly<Record<string, Between>>;

/** An operator of one input alone. */
export function applied(operator: Operator, attributes: Attributes = {}): Between {
  return (x) => x.graph.apply(operator, [x], attributes);
}

/** Numbers of which none is near 0, the same each time. */
export function numbers(graph: GraphBuilder, dims: readonly number[], scale = 1): Value {
  const random = new Random(elementCount(dims));
  const one = () => scale * (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform());
  return graph.constant(float32(Float32Array.from({ length: elementCount(dims) }, one), dims));
}

/** Numbers from 0.5 to 1.5, the same each time. */
export function positive(graph: GraphBuilder, dims: readonly number[]): Value {
  const random = new Random(elementCount(dims));
  const data = Float32Array.from({ length: elementCount(dims) }, () => 0.5 + random.uniform());
  return graph.constant(float32(data, dims));
}

/** The sizes of maps behind the batch. */
export function sizesOf(x: Value): [number, number, number] {
  return x.knownShape.slice(1) as [number, number, number];
}
