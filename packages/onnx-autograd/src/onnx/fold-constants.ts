import type { Graph } from '../building/graph.js';
import type { Node, NodeOptions, Value } from '../graph/value.js';
import { knownOperator } from '../operators/catalogue.js';
import { heldByOutput } from '../shapes/held.js';
import { heldAtMost } from '../shapes/rule.js';
import { inferShapes } from '../shapes/table.js';
import { arrayTypes, type ElementType, elementCount, int64, type Tensor } from '../tensor.js';

type Draft = Pick<Node, 'operator' | 'inputs' | 'attributes'>;

/**
 * Adds a node to a graph, but computes at once what is known before the graph runs: the arithmetic of shapes that
 * exporters write (`Shape`, `Gather`, `Div`, `Concat` …), so that the sizes behind it are known. An output that is known
 * becomes a constant; what depends on a symbolic batch stays a node.
 *
 * Weights are known too, but are not to be frozen: floating-point numbers are computed only from constants.
 */
export function applyFolded(
  graph: Graph,
  draft: Draft,
  options: NodeOptions & { readonly outputs: readonly string[] },
): Value[] {
  const single = !options.domain && options.outputs.length === 1;
  const known = single ? compute(draft) : undefined;
  if (known) return [graph.constant(known, options.outputs[0])];
  return graph.applyAll(draft.operator, draft.inputs, draft.attributes, options);
}

function compute(draft: Draft): Tensor | undefined {
  const node = { ...draft, name: draft.operator, domain: '', outputCount: 1 };
  if (knownOperator(node) === undefined || draft.inputs.some((input) => input && !input.shape))
    return undefined;
  const [output] = inferShapes(node);
  if (output?.shape === undefined) return undefined;
  const { type, shape } = output;
  const dims = shape.filter((size) => typeof size === 'number');
  if (dims.length < shape.length || elementCount(dims) > heldAtMost) return undefined;
  const isFloat = (of: ElementType) => of.startsWith('float');
  const moves = (input: Value | undefined) => input !== undefined && !input.constant;
  if (isFloat(type) && (type === 'float16' || draft.inputs.some(moves))) return undefined;
  // Of what floats hold, a place of the largest may be known all the same; it stays, for it keeps nodes in order.
  const ofSizes = ['Shape', 'Size'].includes(draft.operator);
  if (!ofSizes && draft.inputs.some((input) => moves(input) && isFloat((input as Value).type)))
    return undefined;
  const held = heldByOutput(node);
  if (held?.length !== elementCount(dims) || !held.every((size) => typeof size === 'number'))
    return undefined;
  const isWhole = (size: number) => Number.isSafeInteger(size) || Math.abs(size) === 2 ** 63;
  if (type === 'int64') return held.every(isWhole) ? int64(held, dims) : undefined;
  const data = new arrayTypes[type](held.length);
  for (const [i, value] of held.entries()) data[i] = type === 'uint64' ? BigInt(value) : value;
  return { type, dims, data };
}
