import { readInt, readTensor } from '../graph/attributes.js';
import { rangeOver } from '../graph/derived-size.js';
import { type Dimension, longestSymbol, normaliseAxis, type Shape } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { hasTrait, knownOperator } from '../operators/catalogue.js';
import { toNumbers } from '../tensor.js';
import { arithmetic, type KnownNode } from './arithmetic.js';
import { sliceRanges } from './ranges.js';
import { heldAtMost } from './rule.js';

/**
 * The sizes that a value will hold when the graph runs, row by row: it is constant, or it is computed from constants
 * and the `Shape` of something, as exporters write `x.view(x.size(0), -1)` and paddings. `undefined` where that cannot
 * be told.
 */
export function shapeHeldBy(value: Value): Shape | undefined {
  if (value.data !== undefined) {
    return value.data.data.length <= heldAtMost ? toNumbers(value.data) : undefined;
  }
  return value.held;
}

/** The same of the one output of a node, which need not be in a graph yet. */
export function heldByOutput(node: Omit<Node, 'outputs'>): Shape | undefined {
  const operator = knownOperator(node);
  if (operator === undefined || node.inputs.some((input) => input && !input.shape)) return undefined;
  const { inputs, attributes } = node;
  const held = sizesOf({ operator, inputs, attributes });
  const isShort = (size: Dimension) => typeof size !== 'string' || size.length <= longestSymbol;
  const isTold = (size: Dimension) => isShort(size) && isExact(size, node);
  return held !== undefined && held.length <= heldAtMost && held.every(isTold) ? held : undefined;
}

/**
 * Whether a plain number holds what an int64 is: a small one, or an end of int64, by which a slice says "to the end", as
 * long as it is only passed on.
 */
function isExact(size: Dimension, node: Omit<Node, 'outputs'>): boolean {
  if (typeof size === 'string' || Number.isSafeInteger(size) || node.inputs[0]?.type !== 'int64') return true;
  const passes = hasTrait(node, 'passesOn') || ['Concat', 'Gather', 'Slice'].includes(node.operator);
  return passes && Math.abs(size) === 2 ** 63;
}

function sizesOf(node: KnownNode): Shape | undefined {
  const [x, second] = node.inputs;
  if (x === undefined) return undefined;
  switch (node.operator) {
    case 'Shape':
      return x.shape && shapeTaken(node, x.shape);
    case 'Identity':
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return shapeHeldBy(x);
    case 'Concat': {
      const parts = node.inputs.map((part) => part && shapeHeldBy(part));
      const flat = x.rank < 2 || readInt(node.attributes, 'axis', 0) === 0;
      return flat && parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'ArgMax':
    case 'ArgMin':
      return placesAmongOne(node, x);
    case 'Gather':
      return rowsGathered(node, x, second);
    case 'Slice':
      return rowsSliced(node, x);
    case 'Transpose':
      return exchanged(x);
    case 'ConstantOfShape': {
      const count = countIn(shapeHeldBy(x));
      const value = readTensor(node.attributes, 'value');
      return count === undefined ? undefined : new Array(count).fill((value && toNumbers(value)[0]) ?? 0);
    }
    case 'Expand':
    case 'Tile': {
      const held = shapeHeldBy(x);
      const count = held?.length === 1 && second ? countIn(shapeHeldBy(second)) : undefined;
      return count === undefined ? undefined : new Array(count).fill(held?.[0]);
    }
    case 'Range': {
      const [start, limit, step] = node.inputs.map((bound) => bound && shapeHeldBy(bound)?.[0]);
      if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number')
        return undefined;
      const count = Math.max(0, Math.ceil((limit - start) / step));
      return count <= heldAtMost ? Array.from({ length: count }, (_, i) => start + i * step) : undefined;
    }
    default:
      return arithmetic(node, shapeHeldBy);
  }
}

/** The number of elements of a shape that is known, if they are few. */
function countIn(sizes: Shape | undefined): number | undefined {
  if (!sizes?.every((size) => typeof size === 'number')) return undefined;
  const count = sizes.reduce((a, b) => a * b, 1);
  return Number.isInteger(count) && count >= 0 && count <= heldAtMost ? count : undefined;
}

/** Along an axis of one element, the largest is the first. */
function placesAmongOne(node: Pick<Node, 'attributes'>, x: Value): Shape | undefined {
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), x.rank, 'ArgMax');
  const count = x.shape?.[axis] === 1 ? countIn(x.shape) : undefined;
  return count === undefined ? undefined : new Array(count).fill(0);
}

function rowsGathered(
  node: Pick<Node, 'attributes'>,
  x: Value,
  indices: Value | undefined,
): Shape | undefined {
  const held = shapeHeldBy(x);
  if (normaliseAxis(readInt(node.attributes, 'axis', 0), x.rank, 'Gather') !== 0 || !held) return undefined;
  const rows = x.shape?.[0];
  if (typeof rows !== 'number') return undefined;
  const width = held.length / rows;
  const picked = indices && shapeHeldBy(indices);
  if (!picked?.every((index) => typeof index === 'number' && index >= -rows && index < rows))
    return undefined;
  return (picked as number[]).flatMap((index) => {
    const row = index < 0 ? index + rows : index;
    return held.slice(row * width, (row + 1) * width);
  });
}

function rowsSliced(node: Pick<Node, 'inputs'>, x: Value): Shape | undefined {
  const held = shapeHeldBy(x);
  const [range, ...others] = sliceRanges(node) ?? [];
  const rows = x.shape?.[0];
  if (!held || !range || others.length > 0 || range.axis !== 0 || typeof rows !== 'number') return undefined;
  if (rows > heldAtMost) return undefined; // rows without elements can be any number
  const { first, count } = rangeOver(range, rows);
  const width = held.length / rows;
  return Array.from({ length: count }, (_, i) => (first + i * range.step) * width).flatMap((start) =>
    held.slice(start, start + width),
  );
}

function exchanged(x: Value): Shape | undefined {
  const held = shapeHeldBy(x);
  const [rows, columns, ...others] = x.shape ?? [];
  if (!held || typeof rows !== 'number' || typeof columns !== 'number' || others.length > 0) return undefined;
  return Array.from(
    { length: columns * rows },
    (_, i) => held[(i % rows) * columns + Math.floor(i / rows)] as Dimension,
  );
}

/** What a `Shape` node tells: the sizes of all axes, or of those from its `start` up to its `end`. */
export function shapeTaken(node: Pick<Node, 'attributes'>, shape: Shape): Shape {
  const start = readInt(node.attributes, 'start', 0);
  const end = readInt(node.attributes, 'end', shape.length);
  return shape.slice(start, end);
}
