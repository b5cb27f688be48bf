import { readInt } from '../graph/attributes.js';
import { broadcast, type Shape } from '../graph/shape.js';
import { elementTypeOf } from '../operators/element-types.js';
import { input, type NodeDraft, type ShapeRule } from './rule.js';

function broadcastInputs(node: NodeDraft): Shape {
  return node.inputs
    .map((_, i) => input(node, i).knownShape)
    .reduce((shape, other) => broadcast(shape, other, node.operator));
}

/** The type of the first input, the shapes of all inputs broadcast. */
export const broadcasting: ShapeRule = (node) => [
  { type: input(node, 0).type, shape: broadcastInputs(node) },
];

/** Comparisons and logic: true or false. */
export const comparing: ShapeRule = (node) => [{ type: 'bool', shape: broadcastInputs(node) }];

/** Chooses between its second and third input, so it has their type. */
export const where: ShapeRule = (node) => [{ type: input(node, 1).type, shape: broadcastInputs(node) }];

export const cast: ShapeRule = (node) => [
  { type: elementTypeOf(readInt(node.attributes, 'to', 1)), shape: input(node, 0).knownShape },
];
