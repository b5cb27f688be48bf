import { readInt, readInts } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { axesOrAll, constantNumbers, input, type NodeDraft, type ShapeRule } from './rule.js';

/** The axes of a reduction: an attribute or, in newer versions of the operators, a second input. */
export function reductionAxes(node: Pick<NodeDraft, 'inputs' | 'attributes' | 'operator'>): number[] {
  const axes = readInts(node.attributes, 'axes') ?? constantNumbers(node.inputs[1]);
  if (!axes?.length && readInt(node.attributes, 'noop_with_empty_axes', 0) === 1) return [];
  return axesOrAll(axes, node.inputs[0]?.rank ?? 0, node.operator);
}

export const reduce: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const axes = new Set(reductionAxes(node));
  const keep = readInt(node.attributes, 'keepdims', 1) === 1;
  const shape = keep ? x.map((size, i) => (axes.has(i) ? 1 : size)) : x.filter((_, i) => !axes.has(i));
  return [{ type, shape }];
};

export const argMax: ShapeRule = (node) => {
  const x = input(node, 0).knownShape;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), x.length, 'ArgMax');
  const keep = readInt(node.attributes, 'keepdims', 1) === 1;
  const shape = keep ? x.map((size, i) => (i === axis ? 1 : size)) : x.filter((_, i) => i !== axis);
  return [{ type: 'int64', shape }];
};
