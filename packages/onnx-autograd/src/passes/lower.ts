import type { RewriteNode } from '../building/copy.js';
import {
  add,
  div,
  globalAveragePool,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
} from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import { readFloat, readInt } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { knownOperator } from '../operators/catalogue.js';
import { removeUnused } from './remove-unused.js';
import { unpoolByComparison } from './unpool-by-comparison.js';

/** A graph for a device, and what the processor is to compute all the same. */
export interface Lowered {
  readonly graph: Graph;
  /** Names of nodes. */
  readonly onProcessor: readonly string[];
}

/**
 * Rewrites a graph for WebGPU, whose kernels in ONNX Runtime refuse some nodes that they should leave to the processor:
 * batch normalization in training becomes arithmetic, the gradient of maximum pooling a comparison, dropout in evaluation
 * nothing; what is rare is handed to the processor by name. Names of inputs and outputs stay.
 */
export function lowerForWebGpu(graph: Graph): Lowered {
  const read = readIn(graph);
  const rewritten = removeUnused(graph, (node, inputs) => rewrite({ ...node, outputs: read(node) }, inputs));
  // Now more outputs may be read by nobody: one of them may be just what a kernel lacks.
  const lowered = removeUnused(rewritten, withoutUnread(rewritten));
  // Whoever runs it feeds the others too.
  for (const { name, shape, type } of graph.inputs) {
    if (!lowered.values.has(name)) lowered.input(name, shape, type);
  }
  return { graph: lowered, onProcessor: lowered.nodes.filter(isRefused).map(({ name }) => name) };
}

/** The outputs of nodes up to the last that something reads, at least one. */
function readIn(graph: Graph): (node: Node) => readonly Value[] {
  const read = new Set<Value | undefined>([...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  return ({ outputs }) =>
    outputs.slice(0, Math.max(1, outputs.findLastIndex((output) => read.has(output)) + 1));
}

/** Copies nodes without those of their last outputs that nothing reads. */
function withoutUnread(graph: Graph): RewriteNode {
  const read = readIn(graph);
  return (node, inputs, target) => {
    const outputs = read(node).map(({ name }) => name);
    if (outputs.length === node.outputs.length || knownOperator(node) === undefined) return undefined;
    const { operator, domain, name, attributes } = node;
    return target.graph.applyAll(operator, inputs, attributes, { name, domain, outputs });
  };
}

/** The outputs of a node in other operators, where its own has no kernel. */
function rewrite(node: Node, inputs: readonly (Value | undefined)[]): readonly Value[] | undefined {
  switch (knownOperator(node)) {
    case 'BatchNormalization':
      return readInt(node.attributes, 'training_mode', 0) === 1 ? normalized(node, inputs) : undefined;
    case 'MaxUnpool': {
      const made = unpoolByComparison(node, inputs[0] as Value, inputs[1] as Value);
      return made && [made];
    }
    case 'Dropout':
      return keepsAll(node) ? [inputs[0] as Value] : undefined;
    default:
      return undefined;
  }
}

/** Whether dropout drops nothing, as in evaluation. Its mask is another matter. */
function keepsAll({ inputs, outputs }: Node): boolean {
  const [, ratio, training] = inputs.map((input) => input?.data?.data[0]);
  const isTraining = inputs[2] !== undefined && Number(training ?? 1) !== 0;
  return outputs.length === 1 && (!isTraining || Number(ratio ?? 0.5) === 0);
}

/** Nodes at which WebGPU's kernels of ONNX Runtime 1.30 fail. */
function isRefused(node: Node): boolean {
  const { inputs, outputs, attributes } = node;
  const rank = inputs[0]?.shape?.length ?? 0;
  switch (knownOperator(node)) {
    case 'MaxPool':
      return outputs.length > 1 || readInt(attributes, 'storage_order', 0) === 1;
    case 'Conv':
      return rank > 4 && readInt(attributes, 'group', 1) > 1;
    case 'ConvTranspose':
      return rank > 4;
    case 'Pow': {
      const [a, b] = inputs.map((input) => input?.shape);
      return a?.join() !== b?.join() && b?.length !== 0;
    }
    default:
      return false;
  }
}

/**
 * Batch normalization by the statistics of the batch, and the next running statistics: the outputs of the operator in
 * training mode. Written as its gradient is (`gradients/normalization.ts`), so that both share what they can.
 */
function normalized(node: Node, inputs: readonly (Value | undefined)[]): Value[] {
  const [x, scale, bias, runningMean, runningVariance] = inputs as [Value, Value, Value, Value, Value];
  const epsilon = readFloat(node.attributes, 'epsilon', 1e-5);
  const momentum = readFloat(node.attributes, 'momentum', 0.9);
  const wide = (value: Value) => reshape(value, [-1, ...new Array<number>(x.rank - 2).fill(1)]);
  const batchMean = (value: Value) => mean(x.rank > 2 ? globalAveragePool(value) : value, [0], true);
  const next = (running: Value, current: Value) =>
    add(mul(running, momentum), mul(reshape(current, [-1]), 1 - momentum));
  const average = batchMean(x);
  const centred = sub(x, average);
  const variance = batchMean(square(centred));
  const factor = div(wide(scale), sqrt(add(variance, epsilon)));
  const y = add(mul(centred, factor), wide(bias));
  return [y, next(runningMean, average), next(runningVariance, variance)];
}
