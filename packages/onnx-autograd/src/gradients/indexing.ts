import {
  add,
  cast,
  concat,
  div,
  equal,
  expand,
  gather,
  mul,
  reshape,
  shape,
  slice,
  where,
} from '../building/expressions.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readInt, readString } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { int64 } from '../tensor.js';
import { type GradientContext, type GradientRule, required, zerosLike } from './rule.js';

/** Sums run the other way. */
export const cumulativeSum: GradientRule = (context) => {
  const { attributes } = context.node;
  const reverse = 1 - readInt(attributes, 'reverse', 0);
  return [context.graph.apply('CumSum', [context.dy, required(context, 1)], { ...attributes, reverse })];
};

/** Sequences that are turned around are turned back. */
export const reversedSequence: GradientRule = (context) => [
  context.graph.apply('ReverseSequence', [context.dy, required(context, 1)], context.node.attributes),
];

/** What is cut away has no gradient. */
export const triangle: GradientRule = ({ graph, node, inputs, dy }) => [
  graph.apply('Trilu', [dy, inputs[1]], node.attributes),
];

/** The gradient of the largest (or smallest) goes to where they were. */
export const topK: GradientRule = (context) => {
  const [, places] = context.outputs;
  if (places === undefined) {
    throw new UnsupportedOperatorError('TopK', context.node.name, 'its second output must be there.');
  }
  const axis = readInt(context.node.attributes, 'axis', -1);
  const inputs = [zerosLike(required(context, 0)), places, context.dy];
  return [context.graph.apply('ScatterElements', inputs, { axis, reduction: 'add' })];
};

/** Each gathered slice's gradient is added where it came from. */
export const gatherNDBack: GradientRule = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const batchAxes = readInt(context.node.attributes, 'batch_dims', 0);
  const all = batchAxes > 0 ? withBatchIndices(indices, batchAxes) : indices;
  return [context.graph.apply('ScatterND', [zerosLike(x), all, context.dy], { reduction: 'add' })];
};

/** Indices that name the axes of the batch, too: `ScatterND` knows none. */
function withBatchIndices(indices: Value, count: number): Value {
  const { graph, rank } = indices;
  const [zero, one] = [0, 1].map((value) => graph.constant(int64(value), 'bound'));
  const sizes = concat([slice(shape(indices), [0], [-1], [0]), graph.constant(int64([1]), 'one')], 0);
  const places = Array.from({ length: count }, (_, axis) => {
    const size = gather(shape(indices), graph.constant(int64(axis), 'axis'), 0);
    const range = graph.apply('Range', [zero, size, one]);
    const alone = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
    return expand(reshape(range, alone), sizes);
  });
  return graph.apply('Concat', [...places, indices], { axis: -1 });
}

/** How numbers are put to places of others, and taken from there. */
interface Places {
  put(into: Value, numbers: Value, reduction: string): Value;
  take(from: Value): Value;
}

export const scatterElementsBack: GradientRule = (context) => {
  const indices = required(context, 1);
  const axis = readInt(context.node.attributes, 'axis', 0);
  return scatterBack(context, {
    put: (into, numbers, reduction) =>
      into.graph.apply('ScatterElements', [into, indices, numbers], { axis, reduction }),
    take: (from) => from.graph.apply('GatherElements', [from, indices], { axis }),
  });
};

export const scatterNDBack: GradientRule = (context) => {
  const indices = required(context, 1);
  return scatterBack(context, {
    put: (into, numbers, reduction) => into.graph.apply('ScatterND', [into, indices, numbers], { reduction }),
    take: (from) => from.graph.apply('GatherND', [from, indices]),
  });
};

/** What is written over has no gradient; what is added to keeps its own; factors have that of a product. */
function scatterBack(context: GradientContext, { put, take }: Places): (Value | undefined)[] {
  const { dy, node, wants } = context;
  const [x, updates] = [required(context, 0), required(context, 2)];
  const reduction = readString(node.attributes, 'reduction', 'none');
  switch (reduction) {
    case 'none':
      return [
        wants(0) ? put(dy, zerosLike(updates), 'none') : undefined,
        undefined,
        wants(2) ? take(dy) : undefined,
      ];
    case 'add':
      return [dy, undefined, wants(2) ? take(dy) : undefined];
    case 'mul': {
      const ones = add(zerosLike(x), 1);
      const toUpdates = () => {
        // Without its own factor, even where that is 0: the product of the factors that are not, if no other is.
        const isZero = cast(equal(updates, 0), updates.type);
        const factors = where(equal(updates, 0), 1, updates);
        const products = take(mul(dy, put(x, factors, 'mul')));
        const others = add(take(put(zerosLike(x), isZero, 'add')), mul(isZero, -1));
        return where(equal(others, 0), div(products, factors), 0);
      };
      return [
        wants(0) ? mul(dy, put(ones, updates, 'mul')) : undefined,
        undefined,
        wants(2) ? toUpdates() : undefined,
      ];
    }
    default:
      throw new UnsupportedOperatorError(
        node.operator,
        node.name,
        `the reduction "${reduction}" has no gradient; none, add and mul have.`,
      );
  }
}
