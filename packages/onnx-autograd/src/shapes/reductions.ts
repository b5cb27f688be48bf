import { readInt } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { input, type NodeDraft, namedAxes, type ShapeRule, sortedAxes } from './rule.js';

/** The axes of a reduction, all where it names none; `undefined` when they are known only when the graph runs. */
export function reductionAxes(
  node: Pick<NodeDraft, 'inputs' | 'attributes' | 'operator'>,
): number[] | undefined {
  const rank = node.inputs[0]?.rank ?? 0;
  const named = namedAxes(node);
  if (named === undefined || named.length > 0) return named && sortedAxes(named, rank, node.operator);
  const all = readInt(node.attributes, 'noop_with_empty_axes', 0) === 0;
  return Array.from({ length: all ? rank : 0 }, (_, axis) => axis);
}

export const reduce: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const axes = reductionAxes(node);
  if (axes === undefined) return [{ type, shape: undefined }];
  const keep = readInt(node.attributes, 'keepdims', 1) === 1;
  const shape = keep
    ? x.map((size, i) => (axes.includes(i) ? 1 : size))
    : x.filter((_, i) => !axes.includes(i));
  return [{ type, shape }];
};

export const argMax: ShapeRule = (node) => {
  const x = input(node, 0).knownShape;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 0), x.length, 'ArgMax');
  const keep = readInt(node.attributes, 'keepdims', 1) === 1;
  const shape = keep ? x.map((size, i) => (i === axis ? 1 : size)) : x.filter((_, i) => i !== axis);
  return [{ type: 'int64', shape }];
};
