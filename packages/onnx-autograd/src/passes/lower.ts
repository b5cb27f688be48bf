import { typesAsBefore } from '../building/copy.js';
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
import { Graph, type Node, type Value } from '../building/graph.js';
import { readFloat, readInt } from '../graph/attributes.js';
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
  const lowered = new Graph(graph.name);
  for (const { name } of graph.outputs) lowered.reserved.add(name);
  const values = new Map<Value, Value>();
  const onProcessor: string[] = [];
  for (const input of graph.inputs) {
    values.set(input, lowered.input(input.name, input.shape, input.type));
  }
  const copied = (value: Value): Value => {
    const found = values.get(value);
    if (found !== undefined) return found;
    if (value.data === undefined) throw new Error(`Nothing computes "${value.name}".`);
    const made = lowered.initializer(value.data, value.name);
    made.constant = value.constant;
    values.set(value, made);
    return made;
  };
  const used = new Set(graph.outputs);
  for (const node of graph.nodes) for (const input of node.inputs) if (input) used.add(input);
  for (const whole of graph.nodes) {
    // An output that nobody reads may be just what the kernel lacks.
    const last = whole.outputs.findLastIndex((output) => used.has(output));
    const node = { ...whole, outputs: whole.outputs.slice(0, Math.max(1, last + 1)) };
    const inputs = node.inputs.map((input) => input && copied(input));
    const names = node.outputs.map(({ name }) => name);
    const rewritten = rewrite(node, inputs)?.slice(0, names.length);
    for (const name of names) lowered.reserved.delete(name);
    const made =
      rewritten?.map((value, i) =>
        lowered.apply('Identity', [value], {}, { outputs: [names[i] as string] }),
      ) ??
      lowered.applyAll(node.operator, inputs, node.attributes, {
        name: node.name,
        domain: node.domain,
        outputs: names,
        ...(knownOperator(node) === undefined && { like: typesAsBefore(node, inputs) }),
      });
    for (const [i, output] of node.outputs.entries()) values.set(output, made[i] as Value);
    const { producer } = made[0] as Value;
    if (producer !== undefined && isRefused(producer)) onProcessor.push(producer.name);
  }
  for (const output of graph.outputs) lowered.output(copied(output));
  // Indices that nobody reads any longer are not computed.
  const kept = removeUnused(lowered);
  // Whoever runs it feeds the others too.
  for (const { name, shape, type } of graph.inputs) if (!kept.values.has(name)) kept.input(name, shape, type);
  const there = new Set(kept.nodes.map(({ name }) => name));
  return { graph: kept, onProcessor: onProcessor.filter((name) => there.has(name)) };
}

/** The outputs of a node in other operators, where its own has no kernel. */
function rewrite(node: Node, inputs: readonly (Value | undefined)[]): Value[] | undefined {
  switch (node.operator) {
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
function isRefused({ operator, inputs, outputs, attributes }: Node): boolean {
  const rank = inputs[0]?.shape?.length ?? 0;
  switch (operator) {
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
