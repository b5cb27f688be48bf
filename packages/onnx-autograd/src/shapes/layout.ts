import { GraphError } from '../errors.js';
import { readInt, readInts, readTensor } from '../graph/attributes.js';
import { derivedSize } from '../graph/derived-size.js';
import {
  broadcast,
  type Dimension,
  describeShape,
  normaliseAxis,
  product,
  quotient,
  type Shape,
  sum,
  symbol,
} from '../graph/shape.js';
import { shapeHeldBy, shapeTaken } from './held.js';
import { sliceRanges } from './ranges.js';
import { constantNumbers, input, type NodeDraft, namedAxes, type ShapeRule, sortedAxes } from './rule.js';

export const reshape: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const wanted = shapeHeldBy(input(node, 1));
  if (wanted === undefined) return [{ type, shape: undefined }];
  const copies = readInt(node.attributes, 'allowzero', 0) === 0;
  const copied = wanted
    .map((size, i) => (size === 0 && copies ? x[i] : size))
    .filter((size) => size !== undefined);
  const open = copied.indexOf(-1);
  const total = product(x);
  if (copied.length < wanted.length || open !== copied.lastIndexOf(-1)) {
    throw new GraphError(
      `Reshape (node "${node.name}"): ${describeShape(x)} cannot become ${describeShape(wanted)}.`,
    );
  }
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
  return [{ type, shape: copied.with(open, size ?? symbol(`(${total}/${rest})`)) }];
};

export const flatten: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const wanted = readInt(node.attributes, 'axis', 1);
  const axis = wanted < 0 ? wanted + x.length : wanted;
  if (axis < 0 || axis > x.length) {
    throw new GraphError(`Flatten (node "${node.name}"): ${describeShape(x)} has no axis ${wanted}.`);
  }
  return [{ type, shape: [product(x.slice(0, axis)), product(x.slice(axis))] }];
};

/** The permutation of a `Transpose`: the axes reversed when it names none. */
export function permutationOf(node: Pick<NodeDraft, 'attributes'>, rank: number): readonly number[] {
  return readInts(node.attributes, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

export const transpose: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const permutation = permutationOf(node, x.length);
  if (
    permutation.toSorted((a, b) => a - b).some((axis, i) => axis !== i) ||
    permutation.length !== x.length
  ) {
    throw new GraphError(
      `Transpose (node "${node.name}"): perm [${permutation}] does not order the axes of ${describeShape(x)}.`,
    );
  }
  return [{ type, shape: permutation.map((axis) => x[axis] as Dimension) }];
};

/** A `Squeeze` that names no axes takes those of size one: an axis whose size has a name is taken not to be one. */
export const squeeze: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const named = namedAxes(node);
  if (named === undefined) return [{ type, shape: undefined }];
  const axes = sortedAxes(named, x.length, 'Squeeze');
  return [{ type, shape: x.filter((size, i) => (axes.length === 0 ? size !== 1 : !axes.includes(i))) }];
};

export const unsqueeze: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const named = namedAxes(node);
  if (named === undefined) return [{ type, shape: undefined }];
  const axes = sortedAxes(named, x.length + named.length, 'Unsqueeze');
  const shape: Dimension[] = [...x];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return [{ type, shape }];
};

export const concat: ShapeRule = (node) => {
  const shapes = node.inputs.map((_, i) => input(node, i).knownShape);
  const first = shapes[0] as Shape;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), first.length, 'Concat');
  const fits = (shape: Shape) =>
    shape.length === first.length &&
    shape.every((size, i) => {
      const other = first[i];
      return i === axis || size === other || typeof size === 'string' || typeof other === 'string';
    });
  if (first.length === 0 || !shapes.every(fits)) {
    const listed = shapes.map(describeShape).join(', ');
    throw new GraphError(`Concat (node "${node.name}"): ${listed} cannot be joined along axis ${axis}.`);
  }
  return [
    {
      type: input(node, 0).type,
      shape: first.with(axis, sum(shapes.map((shape) => shape[axis] as Dimension))),
    },
  ];
};

/** The sizes of the parts: an input, or equal parts, of which the last may be smaller. */
export const split: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  if (x.length === 0) throw new GraphError(`Split (node "${node.name}"): a scalar has no parts.`);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), x.length, 'Split');
  const given = node.inputs[1];
  const sizes = given ? shapeHeldBy(given) : equalParts(node, x[axis] as Dimension);
  return Array.from({ length: node.outputCount }, (_, i) => {
    const size = sizes?.[i];
    return { type, shape: size === undefined ? undefined : x.with(axis, size) };
  });
};

function equalParts(node: NodeDraft, length: Dimension): Dimension[] {
  const parts = node.outputCount;
  const size = quotient(length, parts);
  if (size === undefined) {
    throw new GraphError(`Split (node "${node.name}"): an axis of ${length} has no ${parts} equal parts.`);
  }
  return new Array(parts).fill(size);
}

export const slice: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const ranges = sliceRanges(node);
  const shape: Dimension[] = [...x];
  if (ranges === undefined) {
    const axes = node.inputs[3] && constantNumbers(node.inputs[3]);
    if (axes === undefined) return [{ type, shape: undefined }];
    // Where it begins and ends is computed, but not along which axes.
    const bounds = node.inputs.slice(1, 3).map((bound) => bound?.name);
    for (const axis of axes.map((given) => normaliseAxis(given, x.length, 'Slice')))
      shape[axis] = symbol(`sliced(${shape[axis]},${bounds})`);
    return [{ type, shape }];
  }
  for (const range of ranges) {
    const { axis, start, end, step } = range;
    shape[axis] = derivedSize('slice', shape[axis] as Dimension, start, end, step);
  }
  return [{ type, shape }];
};

/** Amounts added before and after each axis by a `Pad` with constant amounts; negative amounts crop. */
export function padAmounts(node: Pick<NodeDraft, 'inputs'>): { begin: number[]; end: number[] } | undefined {
  const [x, pads] = node.inputs;
  const amounts = pads && shapeHeldBy(pads);
  if (x === undefined || !amounts?.every((amount) => typeof amount === 'number')) return undefined;
  if (amounts.length !== 2 * x.rank || !amounts.every(Number.isInteger)) {
    throw new GraphError(`Pad: [${amounts}] is not an amount before and one after each axis of ${x}.`);
  }
  return { begin: amounts.slice(0, x.rank), end: amounts.slice(x.rank) };
}

export const pad: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const amounts = padAmounts(node);
  if (amounts === undefined) return [{ type, shape: undefined }];
  const shape = x.map((size, i): Dimension => {
    const extra = (amounts.begin[i] ?? 0) + (amounts.end[i] ?? 0);
    return typeof size === 'number' ? size + extra : extra === 0 ? size : symbol(`(${size}+${extra})`);
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

export const sizeOf: ShapeRule = () => [{ type: 'int64', shape: [] }];

export const range: ShapeRule = (node) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => shapeHeldBy(input(node, i))?.[0]);
  const known = [start, limit, delta].every((bound) => typeof bound === 'number');
  const count = Math.max(0, Math.ceil(((limit as number) - (start as number)) / (delta as number)));
  const zeroToSymbol = start === 0 && delta === 1 && typeof limit === 'string';
  const name: Dimension = zeroToSymbol ? limit : symbol(`range(${node.name})`);
  return [{ type: input(node, 0).type, shape: [known ? count : name] }];
};

/** How many there are is known when the graph runs. */
export const nonZero: ShapeRule = (node) => [
  { type: 'int64', shape: [input(node, 0).rank, symbol(`nonzero(${input(node, 0).name})`)] },
];
