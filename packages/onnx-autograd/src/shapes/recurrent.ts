import { GraphError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { type Dimension, describeShape } from '../graph/shape.js';
import { input, type ShapeRule } from './rule.js';

/** `(directions, gates * hidden, hidden)` is the shape of the weights of the recurrence. */
export const recurrent: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const weights = input(node, 2).knownShape;
  if (x.length !== 3 || weights.length !== 3) {
    throw new GraphError(
      `${node.operator} (node "${node.name}"): takes (time, batch, features) and weights of three axes; got ` +
        `${describeShape(x)} and ${describeShape(weights)}.`,
    );
  }
  const [directions, , hidden] = weights as [Dimension, Dimension, Dimension];
  const batchFirst = readInt(node.attributes, 'layout', 0) === 1;
  const [batch, steps] = (batchFirst ? x : [x[1], x[0]]) as [Dimension, Dimension];
  const all = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
  const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [
    { type, shape: all },
    { type, shape: last },
    { type, shape: last },
  ];
};
