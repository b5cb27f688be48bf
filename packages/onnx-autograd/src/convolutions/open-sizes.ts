import { concat, shape, slice, sub } from '../building/expressions.js';
import { staticSizes } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { int64 } from '../tensor.js';

// Maps of which a spatial size, such as the length of a recording, is told only when the graph runs.

/** Whether there is such a size. */
export function hasOpenSizes(x: Value): boolean {
  return x.knownShape.slice(2).some((size) => typeof size === 'string');
}

/** Puts sizes before the spatial ones of x: as numbers, or as what tells them when the graph runs. */
export function spatialSizes(x: Value): (before: readonly number[]) => readonly number[] | Value {
  if (hasOpenSizes(x)) {
    const own = slice(shape(x), [2], [x.rank], [0]);
    return (before) => concat([x.graph.constant(int64(before), 'sizes'), own], 0);
  }
  const spatial = staticSizes(x.knownShape.slice(2), 'Conv');
  return (before) => [...before, ...spatial];
}

/** Cropped at the end, or with zeros behind, to the spatial sizes of x. */
export function fitTo(x: Value, other: Value): Value {
  const { graph, rank } = x;
  const none = graph.constant(int64(new Array<number>(rank + 2).fill(0)), 'none');
  const missing = slice(sub(shape(x), shape(other)), [2], [rank], [0]);
  const sizes = [...other.knownShape.slice(0, 2), ...x.knownShape.slice(2)];
  return graph.apply(
    'Pad',
    [other, concat([none, missing], 0)],
    {},
    { like: { type: other.type, shape: sizes } },
  );
}
