import { mul, type Operand, sizeOf } from '../building/expressions.js';
import type { Value } from '../graph/value.js';

/** The number of elements along the axes: a number where it is known before the graph runs, computed where it is not. */
export function elementCountAlong(x: Value, axes: readonly number[]): Operand {
  const sizes = axes.map((axis) => x.knownShape[axis]);
  const known = sizes.reduce<number>(
    (product, size) => (typeof size === 'number' ? product * size : product),
    1,
  );
  const symbolic = axes.filter((axis) => typeof x.knownShape[axis] === 'string');
  return symbolic.reduce<Operand>((product, axis) => mul(product, sizeOf(x, axis)), known);
}
