import { readInt, readTensor } from '../graph/attributes.js';
import type { Node, Value } from '../graph/graph.js';
import type { Dimension, Shape } from '../graph/shape.js';
import { toNumbers } from '../tensor.js';
import { resolveRange, sliceRanges } from './ranges.js';
import { constantNumbers } from './rule.js';

/**
 * The sizes that a value will hold when the graph runs, row by row: it is constant, or it is computed from constants
 * and the `Shape` of something, as exporters write `x.view(x.size(0), -1)` and paddings. `undefined` where that cannot
 * be told.
 */
export function shapeHeldBy(value: Value): Shape | undefined {
  if (value.data !== undefined) return constantNumbers(value);
  return value.producer && heldByOutput(value.producer);
}

function heldByOutput(node: Node): Shape | undefined {
  const [x, second] = node.inputs;
  if (x === undefined) return undefined;
  switch (node.operator) {
    case 'Shape':
      return x.shape && shapeTaken(node, x.shape);
    case 'Identity':
    case 'Cast':
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return shapeHeldBy(x);
    case 'Concat': {
      const parts = node.inputs.map((part) => part && shapeHeldBy(part));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'Gather': {
      const held = shapeHeldBy(x);
      const picked = constantNumbers(second)?.map((index) => held?.at(index));
      return picked?.every((size): size is Dimension => size !== undefined) ? picked : undefined;
    }
    case 'Slice':
      return rowsSliced(node, x);
    case 'Transpose':
      return exchanged(x);
    case 'ConstantOfShape': {
      const count = constantNumbers(x)?.reduce((a, b) => a * b, 1);
      const value = readTensor(node.attributes, 'value');
      // Lists of sizes are short; anything longer is a map, or a file that is broken.
      return count === undefined || count < 0 || count > 64
        ? undefined
        : new Array(count).fill((value && toNumbers(value)[0]) ?? 0);
    }
    default:
      return undefined;
  }
}

function rowsSliced(node: Node, x: Value): Shape | undefined {
  const held = shapeHeldBy(x);
  const [range, ...others] = sliceRanges(node) ?? [];
  const rows = x.shape?.[0];
  if (!held || !range || others.length > 0 || range.axis !== 0 || typeof rows !== 'number') return undefined;
  const { first, count } = resolveRange(range, rows);
  const width = held.length / rows;
  return Array.from({ length: count }, (_, i) => (first + i * range.step) * width).flatMap((start) =>
    held.slice(start, start + width),
  );
}

function exchanged(x: Value): Shape | undefined {
  const held = shapeHeldBy(x);
  const [rows, columns, ...others] = x.shape ?? [];
  if (!held || typeof rows !== 'number' || typeof columns !== 'number' || others.length > 0) return undefined;
  return Array.from({ length: columns * rows }, (_, i) => held[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** What a `Shape` node tells: the sizes of all axes, or of those from its `start` up to its `end`. */
export function shapeTaken(node: Pick<Node, 'attributes'>, shape: Shape): Shape {
  const start = readInt(node.attributes, 'start', 0);
  const end = readInt(node.attributes, 'end', shape.length);
  return shape.slice(start, end);
}
