import { GraphError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { describeShape, normaliseAxis } from '../graph/shape.js';
import { constantNumbers, input, type ShapeRule, shapeWithAxes } from './rule.js';

export const topK: ShapeRule = (node) => {
  const { type } = input(node, 0);
  const x = shapeWithAxes(node);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', -1), x.length, 'TopK');
  const [count] = constantNumbers(input(node, 1)) ?? [];
  const shape = count === undefined ? undefined : x.with(axis, count);
  return [
    { type, shape },
    { type: 'int64', shape },
  ];
};

/** The last axis of the indices counts off the axes of the data, behind those of the batch. */
export const gatherND: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const indices = input(node, 1).knownShape;
  const depth = indices.at(-1);
  if (typeof depth !== 'number') return [{ type, shape: undefined }];
  const named = readInt(node.attributes, 'batch_dims', 0) + depth;
  if (named > x.length) {
    throw new GraphError(
      `GatherND (node "${node.name}"): indices ${describeShape(indices)} name ${named} axes of ${describeShape(x)}.`,
    );
  }
  return [{ type, shape: [...indices.slice(0, -1), ...x.slice(named)] }];
};
