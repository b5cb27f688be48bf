import { add, cast, equal, less, reshape, slice, unsqueeze, where } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { type ElementType, int64, toNumbers } from '../tensor.js';
import { first, type Lowering } from './draft.js';

/** Of which ONNX Runtime has a `Where`. */
const chosen: readonly ElementType[] = ['float32', 'float64', 'int32', 'int64', 'uint8'];

/** `OneHot`: one number at the place that an index names along a new axis, another elsewhere. */
export const oneHot: Lowering = (draft) => {
  const [indices, depth, values] = draft.inputs;
  if (!indices || !depth || !values) throw new OnnxFormatError('OneHot: an input is missing.');
  if (!chosen.includes(values.type)) return [draft];
  const { graph } = indices;
  const axis = normaliseAxis(readInt(draft.attributes, 'axis', -1), indices.rank + 1, 'OneHot');
  const count = depth.data
    ? graph.constant(int64(toNumbers(depth.data)[0] ?? 0), 'depth')
    : reshape(cast(depth, 'int64'), []);
  const [zero, one] = [0, 1].map((value) => graph.constant(int64(value), 'bound')) as [Value, Value];
  const own = cast(indices, 'int64');
  // Counted from the back where they are negative; what lies beyond is nowhere.
  const places = unsqueeze(where(less(own, zero), add(own, count), own), [axis]);
  const along = Array.from({ length: indices.rank + 1 }, (_, i) => (i === axis ? -1 : 1));
  const isThere = equal(places, reshape(graph.apply('Range', [zero, count, one]), along));
  const [off, on] = [0, 1].map((place) => slice(values, [place], [place + 1], [0]));
  return [{ ...draft, operator: 'Where', inputs: [isThere, on, off], attributes: {} }];
};

/** `Compress`: the slices along an axis, or the elements, at whose place a condition holds. */
export const compress: Lowering = (draft) => {
  const [, condition] = draft.inputs;
  const x = first(draft);
  if (!condition) throw new OnnxFormatError('Compress: its condition is missing.');
  const { graph } = x;
  const isFlat = draft.attributes.axis === undefined;
  const axis = isFlat ? 0 : normaliseAxis(readInt(draft.attributes, 'axis', 0), x.rank, 'Compress');
  const places = condition.data
    ? graph.constant(int64(toNumbers(condition.data).flatMap((holds, i) => (holds ? [i] : []))), 'places')
    : reshape(graph.apply('NonZero', [condition]), [-1]);
  const inputs = [isFlat ? reshape(x, [-1]) : x, places];
  return [{ ...draft, operator: 'Gather', inputs, attributes: { axis } }];
};
