import { cast, concat, mul, pad, reshape, shape, slice, sub, unsqueeze } from '../building/expressions.js';
import { readInt } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { hasTrait, isOperator } from '../operators/catalogue.js';
import { int64 } from '../tensor.js';

/** The values of a segment of the graph whose first axis are the samples of a batch. */
export type PerSample = Pick<ReadonlySet<Value>, 'has'>;

/**
 * The values with samples, if nodes treat each sample of a batch by itself; `undefined` if samples see each other (batch
 * statistics), the batch has a fixed size, or it cannot be told.
 */
export function perSample(nodes: readonly Node[]): PerSample | undefined {
  const batch = nodes[0]?.outputs[0]?.shape?.[0];
  if (typeof batch !== 'string') return undefined;
  const has = (value: Value) => value.shape?.[0] === batch;
  const isKnown = (value: Value, from: number) =>
    value.shape?.slice(from).every((size) => typeof size === 'number') ?? false;
  const fits = (node: Node) =>
    hasTrait(node, 'perSample') &&
    readInt(node.attributes, 'training_mode', 0) === 0 &&
    !(isOperator(node, 'Concat') && readInt(node.attributes, 'axis', 0) === 0) &&
    node.outputs.every((value) => has(value) && isKnown(value, 1)) &&
    node.inputs.every((value) => {
      if (value === undefined || !has(value)) return value === undefined || isKnown(value, 0);
      return isKnown(value, 1) && value.rank === node.outputs[0]?.rank;
    });
  return nodes.every(fits) ? { has } : undefined;
}

/**
 * Every `step`th sample, from the `first` on: one part of a batch. A batch may have fewer samples than there are parts; so
 * that no part is empty, the last sample is then taken again, whose gradient there is 0 ({@link everyGradient}).
 */
export function everySample(value: Value, first: number, step: number): Value {
  const [ends, axes, steps] = [[Number.MAX_SAFE_INTEGER], [0], [step]];
  const [batch] = value.knownShape;
  if (typeof batch === 'number') return slice(value, [Math.min(first, batch - 1)], ends, axes, steps);
  if (first === 0) return slice(value, [0], ends, axes, steps);
  const { graph } = value;
  const last = sub(countOf(value), graph.constant(int64([1])));
  const start = graph.apply('Min', [graph.constant(int64([first])), last]);
  return graph.apply('Slice', [
    value,
    start,
    ...[ends, axes, steps].map((list) => graph.constant(int64(list))),
  ]);
}

/** The same of a gradient: zeros where the batch has no sample for the part. */
export function everyGradient(dy: Value, first: number, step: number): Value {
  const samples = everySample(dy, first, step);
  if (first === 0) return samples;
  const isThere = dy.graph.apply('Less', [dy.graph.constant(int64([first])), countOf(dy)]);
  return mul(samples, cast(isThere, dy.type));
}

/** The number of samples, as a list of one. */
function countOf(value: Value): Value {
  return slice(shape(value), [0], [1], [0]);
}

/** The inverse of {@link everySample} over all parts: the samples of `like` in their order. */
export function inOldOrder(parts: readonly Value[], like: Value): Value {
  const { graph } = like;
  const upTo = (value: Value, count: Value, shape?: Pick<Value, 'type' | 'shape'>) => {
    const zero = graph.constant(int64([0]));
    return graph.apply('Slice', [value, zero, count, zero], {}, shape && { like: shape });
  };
  // The first part has as many samples as any, the others have as many or one less.
  const most = countOf(parts[0] as Value);
  const [none, rowMore] = [
    like.knownShape.map(() => 0),
    like.knownShape.map((_, axis) => Number(axis === 0)),
  ];
  const rows = parts.map((part, i) => unsqueeze(i === 0 ? part : upTo(pad(part, none, rowMore), most), [1]));
  const sizes = like.knownShape.slice(1) as number[];
  const all = reshape(concat(rows as [Value, ...Value[]], 1), [-1, ...sizes]);
  return upTo(all, countOf(like), like);
}
