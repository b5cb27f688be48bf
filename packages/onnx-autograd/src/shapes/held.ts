import { readInt } from '../graph/attributes.js';
import type { Node, Value } from '../graph/graph.js';
import type { Dimension, Shape } from '../graph/shape.js';
import { constantNumbers } from './rule.js';

/**
 * The sizes that a value will hold when the graph runs: it is constant, or it is computed from the `Shape` of
 * something, as exporters write `x.view(x.size(0), -1)`. `undefined` where that cannot be told.
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
    default:
      return undefined;
  }
}

/** What a `Shape` node tells: the sizes of all axes, or of those from its `start` up to its `end`. */
export function shapeTaken(node: Pick<Node, 'attributes'>, shape: Shape): Shape {
  const start = readInt(node.attributes, 'start', 0);
  const end = readInt(node.attributes, 'end', shape.length);
  return shape.slice(start, end);
}
