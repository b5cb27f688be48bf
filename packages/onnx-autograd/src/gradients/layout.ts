import {
  cast,
  concat,
  expand,
  gather,
  pad,
  reshape,
  shape,
  slice,
  squeeze,
  sum,
  transpose,
  unsqueeze,
  where,
} from '../building/expressions.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readInt, readString } from '../graph/attributes.js';
import { rangeOver } from '../graph/derived-size.js';
import { type Dimension, normaliseAxis, type Shape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { padAmounts, permutationOf } from '../shapes/layout.js';
import { type SliceRange, sliceRanges } from '../shapes/ranges.js';
import { namedAxes, sortedAxes } from '../shapes/rule.js';
import { float32, int64 } from '../tensor.js';
import {
  type GradientContext,
  type GradientRule,
  type ManyOutputsRule,
  required,
  zerosLike,
} from './rule.js';

/** The gradient of anything that only names the elements' places anew: back to the input's shape. */
export const reshapeBack: GradientRule = (context) => {
  const x = required(context, 0);
  const sizes = x.knownShape;
  const open = sizes.filter((size) => typeof size === 'string').length;
  if (open > 1) return [reshape(context.dy, shape(x))];
  return [
    reshape(
      context.dy,
      sizes.map((size) => (typeof size === 'number' ? size : -1)),
    ),
  ];
};

export const transposeBack: GradientRule = (context) => {
  const permutation = permutationOf(context.node, required(context, 0).rank);
  return [
    transpose(
      context.dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ];
};

/** The axes of size one are put back; where they are told when the graph runs only, the shape is. */
export const squeezeBack: GradientRule = (context) => {
  const x = required(context, 0);
  const named = namedAxes(context.node);
  if (named?.length) return [unsqueeze(context.dy, sortedAxes(named, x.rank, 'Squeeze'))];
  const isTold = named !== undefined && x.knownShape.every((size) => typeof size === 'number');
  if (!isTold) return reshapeBack(context);
  const ones = x.knownShape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  return [ones.length > 0 ? unsqueeze(context.dy, ones) : context.dy];
};

export const unsqueezeBack: GradientRule = (context) => {
  const named = namedAxes(context.node);
  if (named === undefined) return reshapeBack(context);
  return [squeeze(context.dy, sortedAxes(named, context.dy.rank, 'Unsqueeze'))];
};

export const concatBack: GradientRule = (context) => {
  const { node, dy } = context;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), dy.rank, 'Concat');
  const parts = context.inputs.map((_, i) => required(context, i));
  const sizes = parts.map((part) => part.knownShape[axis]);
  if (!sizes.every((size) => typeof size === 'number')) {
    const told = concat(parts.map((part) => sizeAlong(part, axis)) as [Value, ...Value[]], 0);
    return context.graph.applyAll('Split', [dy, told], { axis }, { outputCount: parts.length });
  }
  let start = 0;
  return sizes.map((size, i) => {
    const begin = start;
    start += size;
    return context.wants(i) ? slice(dy, [begin], [start], [axis]) : undefined;
  });
};

/** The size of an axis when the graph runs, `(1)`. */
function sizeAlong(x: Value, axis: number): Value {
  return gather(shape(x), x.graph.constant(int64([axis]), 'axis'), 0);
}

/** The gradients of the parts, joined; zeros for a part that the loss does not depend on. */
export const splitBack: ManyOutputsRule = {
  everyOutput: ({ node, dys, outputs }) => {
    const parts = outputs.map((output, i) => dys[i] ?? zerosLike(output)) as [Value, ...Value[]];
    return [concat(parts, readInt(node.attributes, 'axis', 0))];
  },
};

/** Zeros where the slice did not look. Steps other than 1 scatter. */
export const sliceBack: GradientRule = (context) => {
  const x = required(context, 0);
  const ranges = sliceRanges(context.node);
  if (ranges === undefined) {
    throw new UnsupportedOperatorError('Slice', context.node.name, 'its bounds must be constants.');
  }
  const begin = new Array<number>(x.rank).fill(0);
  const end = new Array<number>(x.rank).fill(0);
  let gradient = context.dy;
  for (const range of ranges) {
    const length = x.knownShape[range.axis];
    if (typeof length === 'string') {
      gradient = scatterBack(gradient, range, x);
      continue;
    }
    const { first, count } = rangeOver(range, length as number);
    if (range.step === 1) {
      begin[range.axis] = first;
      end[range.axis] = (length as number) - first - count;
    } else {
      const indices = places(context, count, (i) => first + i * range.step);
      gradient = scatterAlong(gradient, indices, range.axis, length as number);
    }
  }
  return [begin.some(Boolean) || end.some(Boolean) ? pad(gradient, begin, end) : gradient];
};

/** Cropping for padding with a constant; for the other modes each copy's gradient goes back to its original. */
export const padBack: GradientRule = (context) => {
  const x = required(context, 0);
  const mode = readString(context.node.attributes, 'mode', 'constant');
  const amounts = padAmounts(context.node);
  if (amounts === undefined)
    throw new UnsupportedOperatorError('Pad', context.node.name, 'its amounts must be constants.');
  const { begin, end } = amounts;
  if (mode === 'constant') {
    const value = context.inputs[2];
    return [
      context.wants(0) ? pad(context.dy, begin.map(negate), end.map(negate)) : undefined,
      undefined,
      value && context.wants(2) ? toPadding(context.dy, x, value, begin, end) : undefined,
    ];
  }
  let gradient = context.dy;
  for (const [axis, length] of x.knownShape.entries()) {
    const before = begin[axis] ?? 0;
    const after = end[axis] ?? 0;
    if (before === 0 && after === 0) continue;
    if (typeof length === 'string') {
      throw new UnsupportedOperatorError(
        'Pad',
        context.node.name,
        `the size "${length}" of axis ${axis} must be known.`,
      );
    }
    const indices = places(context, before + length + after, (i) => original(i - before, length, mode));
    gradient = scatterAlong(gradient, indices, axis, length);
  }
  return [gradient];
};

/** The gradient of what is padded with: the sum of all that is not there in x. */
function toPadding(
  dy: Value,
  x: Value,
  value: Value,
  begin: readonly number[],
  end: readonly number[],
): Value {
  const ones = x.graph.apply('ConstantOfShape', [shape(x)], { value: { tensor: float32([1]) } });
  const isInside = cast(pad(ones, begin, end), 'bool');
  const all = dy.knownShape.map((_, axis) => axis);
  return reshape(sum(where(isInside, 0, dy), all, false), shape(value));
}

const negate = (amount: number) => (amount === 0 ? 0 : -amount);

/** A list with an entry for each place along an axis, of a length that a list can have. */
function places({ node }: GradientContext, count: number, of: (place: number) => number): number[] {
  if (count > 2 ** 24) {
    throw new UnsupportedOperatorError(node.operator, node.name, `an axis of ${count} elements is too long.`);
  }
  return Array.from({ length: count }, (_, i) => of(i));
}

/** Which element a padded place shows. */
function original(place: number, length: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(place, 0), length - 1);
  if (mode === 'wrap') return ((place % length) + length) % length;
  if (length === 1) return 0;
  const period = 2 * (length - 1); // reflect
  const folded = ((place % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/** Adds the slices of `gradient` along an axis into zeros, each at its index. */
function scatterAlong(gradient: Value, indices: readonly number[], axis: number, length: number): Value {
  const { graph } = gradient;
  const index = graph.constant(
    int64(
      indices,
      gradient.knownShape.map((_, i) => (i === axis ? indices.length : 1)),
    ),
    'indices',
  );
  const begin = new Array<number>(gradient.rank).fill(0);
  const zeros = pad(
    slice(zerosLike(gradient), [0], [0], [axis]),
    begin,
    begin.map((_, i) => (i === axis ? length : 0)),
  );
  return gradient.graph.apply('ScatterElements', [zeros, expand(index, shape(gradient)), gradient], {
    axis,
    reduction: 'add',
  });
}

/** Adds the elements of a range of an axis into zeros, where the length of the axis is told when the graph runs only. */
function scatterBack(gradient: Value, { axis, start, end, step }: SliceRange, x: Value): Value {
  const { graph } = gradient;
  const [zero, one] = [graph.constant(int64(0), 'zero'), graph.constant(int64(1), 'one')];
  const length = gather(shape(x), graph.constant(int64(axis), 'axis'), 0);
  // The same slice of the indices tells where the elements were, however its bounds are counted.
  const indices = slice(graph.apply('Range', [zero, length, one]), [start], [end], [0], [step]);
  const own = shape(gradient);
  const whole = [
    slice(own, [0], [axis], [0]),
    sizeAlong(x, axis),
    slice(own, [axis + 1], [gradient.rank], [0]),
  ] as const;
  const zeros = graph.apply('ConstantOfShape', [concat(whole, 0)]);
  const along = reshape(
    indices,
    gradient.knownShape.map((_, i) => (i === axis ? -1 : 1)),
  );
  const inputs = [zeros, expand(along, own), gradient];
  return graph.apply('ScatterElements', inputs, { axis, reduction: 'add' });
}

export const expandBack: GradientRule = ({ dy }) => [dy];

/** Each gathered slice's gradient is added where it came from. */
export const gatherBack: GradientRule = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const { graph, dy } = context;
  const axis = normaliseAxis(readInt(context.node.attributes, 'axis', 0), x.rank, 'Gather');
  const wide = indices.type === 'int64' ? indices : graph.apply('Cast', [indices], { to: 7 });
  // (before, gathered, after): one axis of indices, wherever and however many they were.
  const sizes = dy.knownShape;
  const flat = (from: Shape) =>
    from.reduce<number>((total, size) => (typeof size === 'number' && total >= 0 ? total * size : -1), 1);
  const parts = [sizes.slice(0, axis), indices.knownShape, sizes.slice(axis + indices.rank)].map(flat);
  const [before, , after] = parts as [number, number, number];
  const whole = [before, flat([x.knownShape[axis] as Dimension]), after];
  const isOpen = [parts, whole].some((sizes) => sizes.filter((size) => size === -1).length > 1);
  if (isOpen) return [summedAt(x, wide, dy, axis)];
  const merged = reshape(dy, parts);
  const list = reshape(wide, [1, -1, 1]);
  const zeros = reshape(zerosLike(x), whole);
  const summed = graph.apply('ScatterElements', [zeros, expand(list, shape(merged)), merged], {
    axis: 1,
    reduction: 'add',
  });
  return [reshape(summed, shape(x))];
};

/** The same with all axes but those of the indices as they are: of several open sizes none can be left to `Reshape`. */
function summedAt(x: Value, indices: Value, dy: Value, axis: number): Value {
  const parts = [
    ...(axis > 0 ? [slice(shape(dy), [0], [axis], [0])] : []),
    dy.graph.constant(int64([-1]), 'gathered'),
    ...(axis + 1 < x.rank ? [slice(shape(dy), [axis + indices.rank], [dy.rank], [0])] : []),
  ];
  const slices = reshape(dy, concat(parts as [Value, ...Value[]], 0));
  const along = Array.from({ length: x.rank }, (_, i) => (i === axis ? -1 : 1));
  const places = expand(reshape(indices, along), shape(slices));
  return dy.graph.apply('ScatterElements', [zerosLike(x), places, slices], { axis, reduction: 'add' });
}

export const gatherElementsBack: GradientRule = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const axis = readInt(context.node.attributes, 'axis', 0);
  return [
    context.graph.apply('ScatterElements', [zerosLike(x), indices, context.dy], { axis, reduction: 'add' }),
  ];
};
