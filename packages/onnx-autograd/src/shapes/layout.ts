import { GraphError } from '../errors.js';
import { readInt, readInts, readTensor } from '../graph/attributes.js';
import {
  broadcast,
  type Dimension,
  describeShape,
  normaliseAxis,
  product,
  quotient,
  type Shape,
  sum,
} from '../graph/shape.js';
import { shapeHeldBy, shapeTaken } from './held.js';
import { axesOrAll, constantNumbers, input, type NodeDraft, type ShapeRule } from './rule.js';

export const reshape: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const wanted = shapeHeldBy(input(node, 1));
  if (wanted === undefined) return [{ type, shape: undefined }];
  const copied = wanted.map((size, i) => (size === 0 ? (x[i] as Dimension) : size));
  const open = copied.indexOf(-1);
  const total = product(x);
  if (open < 0) {
    const made = product(copied);
    if (typeof total === 'number' && typeof made === 'number' && total !== made) {
      throw new GraphError(
        `Reshape (node "${node.name}"): ${describeShape(x)} does not fit ${describeShape(copied)}.`,
      );
    }
    return [{ type, shape: copied }];
  }
  const rest = product(copied.filter((_, i) => i !== open));
  const size = quotient(total, rest);
  if (size === undefined && typeof total === 'number') {
    throw new GraphError(
      `Reshape (node "${node.name}"): ${describeShape(x)} does not fit ${describeShape(wanted)}.`,
    );
  }
  return [{ type, shape: copied.with(open, size ?? `(${total}/${rest})`) }];
};

export const flatten: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const wanted = readInt(node.attributes, 'axis', 1);
  const axis = wanted < 0 ? wanted + x.length : wanted;
  return [{ type, shape: [product(x.slice(0, axis)), product(x.slice(axis))] }];
};

/** The permutation of a `Transpose`: the axes reversed when it names none. */
export function permutationOf(node: Pick<NodeDraft, 'attributes'>, rank: number): readonly number[] {
  return readInts(node.attributes, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

export const transpose: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  return [{ type, shape: permutationOf(node, x.length).map((axis) => x[axis] as Dimension) }];
};

/** Axes given as an attribute (until opset 12) or as an input. */
export function axesOf(node: Pick<NodeDraft, 'inputs' | 'attributes'>): readonly number[] | undefined {
  return readInts(node.attributes, 'axes') ?? constantNumbers(node.inputs[1]);
}

export const squeeze: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const given = axesOf(node);
  const axes = given?.map((axis) => normaliseAxis(axis, x.length, 'Squeeze'));
  return [{ type, shape: x.filter((size, i) => (axes === undefined ? size !== 1 : !axes.includes(i))) }];
};

export const unsqueeze: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const given = axesOf(node) ?? [];
  const axes = axesOrAll(given, x.length + given.length, 'Unsqueeze');
  const shape: Dimension[] = [...x];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return [{ type, shape }];
};

export const concat: ShapeRule = (node) => {
  const shapes = node.inputs.map((_, i) => input(node, i).knownShape);
  const first = shapes[0] as Shape;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), first.length, 'Concat');
  return [
    {
      type: input(node, 0).type,
      shape: first.with(axis, sum(shapes.map((shape) => shape[axis] as Dimension))),
    },
  ];
};

/** A `Slice` with its defaults filled in: one entry an axis that is sliced. */
export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The ranges of a `Slice` whose bounds are constants; `undefined` when they are computed. */
export function sliceRanges(node: Pick<NodeDraft, 'inputs'>): SliceRange[] | undefined {
  const [x, starts, ends, axes, steps] = node.inputs;
  const start = constantNumbers(starts);
  const end = constantNumbers(ends);
  if (x === undefined || start === undefined || end === undefined) return undefined;
  if ((axes && !axes.data) || (steps && !steps.data)) return undefined;
  const along = constantNumbers(axes) ?? start.map((_, i) => i);
  const stride = constantNumbers(steps) ?? start.map(() => 1);
  return along.map((axis, i) => {
    const from = normaliseAxis(axis, x.rank, 'Slice');
    return { axis: from, start: start[i] as number, end: end[i] as number, step: stride[i] as number };
  });
}

/** First index and number of elements of a range over an axis of known length. */
export function resolveRange(range: SliceRange, length: number): { first: number; count: number } {
  const limit = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const forward = range.step > 0;
  const first = limit(range.start, 0, forward ? length : length - 1);
  const end = limit(range.end, forward ? 0 : -1, length);
  return { first, count: Math.max(0, Math.ceil((end - first) / range.step)) };
}

export const slice: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const ranges = sliceRanges(node);
  if (ranges === undefined) return [{ type, shape: undefined }];
  const shape: Dimension[] = [...x];
  for (const range of ranges) {
    const length = shape[range.axis] as Dimension;
    shape[range.axis] =
      typeof length === 'number'
        ? resolveRange(range, length).count
        : `slice(${length},${range.start},${range.end})`;
  }
  return [{ type, shape }];
};

/** Amounts added before and after each axis by a `Pad` with constant amounts; negative amounts crop. */
export function padAmounts(node: Pick<NodeDraft, 'inputs'>): { begin: number[]; end: number[] } | undefined {
  const [x, pads, , axes] = node.inputs;
  const amounts = constantNumbers(pads);
  if (x === undefined || amounts === undefined) return undefined;
  const along = axesOrAll(constantNumbers(axes), x.rank, 'Pad');
  const begin = new Array<number>(x.rank).fill(0);
  const end = new Array<number>(x.rank).fill(0);
  for (const [i, axis] of along.entries()) {
    begin[axis] = amounts[i] ?? 0;
    end[axis] = amounts[i + along.length] ?? 0;
  }
  return { begin, end };
}

export const pad: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const amounts = padAmounts(node);
  if (amounts === undefined) return [{ type, shape: undefined }];
  const shape = x.map((size, i): Dimension => {
    const extra = (amounts.begin[i] ?? 0) + (amounts.end[i] ?? 0);
    return typeof size === 'number' ? size + extra : extra === 0 ? size : `(${size}+${extra})`;
  });
  return [{ type, shape }];
};

export const expand: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const wanted = shapeHeldBy(input(node, 1));
  return [{ type, shape: wanted === undefined ? undefined : broadcast(x, wanted, 'Expand') }];
};

export const gather: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), x.length, 'Gather');
  return [{ type, shape: [...x.slice(0, axis), ...input(node, 1).knownShape, ...x.slice(axis + 1)] }];
};

export const gatherElements: ShapeRule = (node) => [
  { type: input(node, 0).type, shape: input(node, 1).knownShape },
];

export const shapeOf: ShapeRule = (node) => [
  { type: 'int64', shape: [shapeTaken(node, input(node, 0).knownShape).length] },
];

export const constantOfShape: ShapeRule = (node) => [
  { type: readTensor(node.attributes, 'value')?.type ?? 'float32', shape: shapeHeldBy(input(node, 0)) },
];
