import {
  add,
  cast,
  gather,
  greaterOrEqual,
  less,
  lessOrEqual,
  reshape,
  shape,
  slice,
  sub,
} from '../building/expressions.js';
import { type Attributes, readInt } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { float32, int64 } from '../tensor.js';

/** By which a query may look at a key, besides a mask. */
export interface Order {
  /** No key may come later than the query. */
  readonly isCausal: boolean;
  /** How many keys lie before the first query: those of a cache, int64, one number or `(batch, 1, 1, 1)`; none when absent. */
  readonly offset?: Value;
  /** How far a key may lie before and behind the query; as far as it likes when negative. */
  readonly left: number;
  readonly right: number;
  /** How many keys a sample has, int64 `(batch, 1, 1, 1)`; all when absent. */
  readonly lengths?: Value;
}

/** The order that an `Attention` of opset 23 and later asks for. */
export function orderOf(
  attributes: Attributes,
  queries: Value,
  past: Value | undefined,
  nonpadded: Value | undefined,
): Order {
  const size = (x: Value) => gather(shape(x), x.graph.constant(int64(2), 'axis'), 0);
  const lengths = nonpadded && reshape(cast(nonpadded, 'int64'), [-1, 1, 1, 1]);
  const offset = past ? size(past) : lengths && sub(lengths, size(queries));
  return {
    isCausal: readInt(attributes, 'is_causal', 0) === 1,
    left: readInt(attributes, 'left_window_size', -1),
    right: readInt(attributes, 'right_window_size', -1),
    ...(offset && { offset }),
    ...(lengths && { lengths }),
  };
}

/** Where queries may look, `bool`, each to be broadcast to `(batch, heads, queries, keys)`: all must hold. */
export function allowedBy({ isCausal, offset, left, right, lengths }: Order, likeness: Value): Value[] {
  const isWindowed = left >= 0 || right >= 0;
  if (!isWindowed && offset === undefined) return isCausal ? [earlier(likeness)] : [];
  const { graph } = likeness;
  const whole = (number: number) => graph.constant(int64(number), 'bound');
  const count = (axis: number) => gather(shape(likeness), graph.constant(int64(axis), 'axis'), 0);
  const range = (axis: number, sizes: readonly number[]) =>
    reshape(graph.apply('Range', [whole(0), count(axis), whole(1)]), sizes);
  const queries = range(2, [-1, 1]);
  const keys = range(3, [1, -1]);
  const ahead = sub(offset ? add(queries, offset) : queries, keys);
  return [
    ...(isCausal ? [greaterOrEqual(ahead, whole(0))] : []),
    ...(left >= 0 ? [lessOrEqual(ahead, whole(left))] : []),
    ...(right >= 0 ? [greaterOrEqual(ahead, whole(-right))] : []),
    ...(lengths ? [less(keys, lengths)] : []),
  ];
}

/** Where a key comes no later than the query: `(length, length of the keys)`. */
function earlier(likeness: Value): Value {
  const { graph, rank } = likeness;
  const sizes = slice(shape(likeness), [rank - 2], [rank], [0]);
  const ones = graph.apply('ConstantOfShape', [sizes], { value: { tensor: float32([1]) } });
  return cast(graph.apply('Trilu', [ones], { upper: 0 }), 'bool');
}

/** A mask that is shorter than the keys hides those behind its end. */
export function asLongAs(keys: Value, mask: Value): Value {
  const [length, own] = [keys.knownShape[2], mask.knownShape.at(-1)];
  if (typeof length !== 'number' || typeof own !== 'number' || own >= length || own === 1) return mask;
  const { graph, rank, type } = mask;
  const amounts = new Array<number>(2 * rank).fill(0).with(-1, length - own);
  const hidden = cast(
    graph.constant(float32(type === 'bool' ? 0 : Number.NEGATIVE_INFINITY), 'hidden'),
    type,
  );
  return graph.apply('Pad', [mask, graph.constant(int64(amounts), 'amounts'), hidden]);
}
