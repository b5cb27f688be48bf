import {
  copyGraph,
  expressions,
  float32,
  Graph,
  type Node,
  type Random,
  sizeAt,
  type Tensor,
  type Value,
} from 'onnx-autograd';
import { hasTrait } from 'onnx-autograd/internal';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { type Network, networkOf } from './network.js';

/** A network for a task, and what was done to it. */
export interface Headed {
  readonly network: Network;
  /** Outputs of the last layer that was replaced; absent where it fitted. */
  readonly replaced?: number;
  /** Whether a softmax behind the last layer was left out: the loss has its own. */
  readonly withoutSoftmax: boolean;
}

/**
 * A network of any task made ready for a task of so many classes: where its last layer has another number of outputs, one
 * with fresh weights takes its place (uniform within 1 / sqrt(fan-in), as PyTorch's), and a softmax at its end is left
 * out. The layers before keep their weights.
 *
 * @param random draws the fresh weights; zeros without it
 * @throws UserError when no last layer can be told from the others.
 */
export function withHead(network: Network, classes: number, random?: Random): Headed {
  const { last, softmax, flattening } = findHead(network);
  const outputs = sizeAt(network.logits, network.logits.knownShape.length - 1);
  const fits = outputs === classes;
  if (fits && softmax.size === 0) return { network, withoutSoftmax: false };
  const fresh = fits ? new Map<Value, Tensor>() : freshWeights(last, network, classes, random?.fork('head'));
  const graph = new Graph(network.graph.name);
  const input = graph.input(network.input.name, network.input.knownShape);
  const copy = copyGraph(graph, network.graph, {
    inputs: { [network.input.name]: input },
    initializer: (source) => {
      const tensor = fresh.get(source);
      return tensor && graph.initializer(tensor, source.name);
    },
    rewrite: (node, [maps]) => {
      if (maps === undefined) return undefined;
      if (softmax.has(node)) return [maps];
      // Exporters write the number of outputs into it.
      return flattening.has(node) ? [expressions.flatten(maps)] : undefined;
    },
  });
  const logits = copy.value(network.logits);
  if (logits.knownShape.length !== 2 || logits.knownShape[1] !== classes) {
    throw new UserError(
      `The last layer of the network "${network.graph.name}" cannot be replaced: behind it the shape of its ` +
        `${outputs} outputs is fixed. Export it with ${classes} outputs.`,
    );
  }
  graph.output(logits);
  return {
    network: networkOf(graph),
    ...(!fits && { replaced: outputs }),
    withoutSoftmax: softmax.size > 0,
  };
}

/** Where the outputs are made: the weights and, where there is one, the bias. */
export interface LastLayer {
  readonly node: Node;
  readonly weight: Value;
  /** The axis of the weight that has an entry for each output. */
  readonly axis: number;
  readonly bias: Value | undefined;
}

/** Operators between the last layer and the output of a network that leave the outputs apart. */
const behind = new Set([
  'Softmax',
  'LogSoftmax',
  'GlobalAveragePool',
  'AveragePool',
  'ReduceMean',
  'Dropout',
]);

/**
 * The last layer of a network.
 *
 * @throws UserError when none can be told from the others.
 */
export function lastLayerOf(network: Network): LastLayer {
  return findHead(network).last;
}

interface Head {
  readonly last: LastLayer;
  readonly softmax: ReadonlySet<Node>;
  /** Reshapes that only take sizes of 1 away: (batch, outputs, 1, 1) to (batch, outputs). */
  readonly flattening: ReadonlySet<Node>;
}

function findHead(network: Network): Head {
  const makers = new Map(
    network.graph.nodes.flatMap((node) => node.outputs.map((output): [Value, Node] => [output, node])),
  );
  const softmax = new Set<Node>();
  const flattening = new Set<Node>();
  let bias: Value | undefined;
  let node = makers.get(network.logits);
  while (node !== undefined) {
    const [first, second] = node.inputs;
    const last = lastLayer(node, bias, makers);
    if (last !== undefined) return { last, softmax, flattening };
    if (node.operator === 'Add' && first && second) {
      const [weight, rest] = first.data ? [first, second] : [second, first];
      if (weight.data === undefined || bias !== undefined) break;
      bias = weight;
      node = makers.get(rest);
      continue;
    }
    if (!behind.has(node.operator) && !hasTrait(node, 'layoutOnly')) break;
    if (bias === undefined && /Softmax$/.test(node.operator)) softmax.add(node);
    if (node.operator === 'Reshape' && isFlattening(node)) flattening.add(node);
    node = first && makers.get(first);
  }
  throw new UserError(
    `The last layer of the network "${network.graph.name}" is none that can be told from the others: a product with a ` +
      `weight (Gemm, MatMul, Conv) with nothing but a bias, an average or a softmax behind it${node ? `; there is ${node.operator} ("${node.name}")` : ''}.`,
  );
}

function isFlattening({ inputs: [maps], outputs: [flat] }: Node): boolean {
  const [, outputs, ...ones] = maps?.shape ?? [];
  const [, flatOutputs, ...more] = flat?.shape ?? [];
  return flatOutputs === outputs && more.length === 0 && ones.every((size) => size === 1);
}

function lastLayer(
  node: Node,
  bias: Value | undefined,
  makers: ReadonlyMap<Value, Node>,
): LastLayer | undefined {
  const [, second, third] = node.inputs;
  if (second === undefined) return undefined;
  const turned = makers.get(second);
  const isTurned = turned?.operator === 'Transpose';
  const weight = isTurned ? turned.inputs[0] : second;
  if (weight?.data === undefined) return undefined;
  switch (node.operator) {
    case 'Gemm':
      return { node, weight, axis: (node.attributes.transB === 1) === isTurned ? 1 : 0, bias: bias ?? third };
    case 'MatMul':
      return { node, weight, axis: isTurned ? 0 : 1, bias };
    case 'Conv':
      return { node, weight, axis: 0, bias: bias ?? third };
    default:
      return undefined;
  }
}

function freshWeights(
  { node, weight, axis, bias }: LastLayer,
  { graph }: Network,
  classes: number,
  random: Random | undefined,
): Map<Value, Tensor> {
  const shape = dimsOf(weight);
  const count = itemAt(shape, axis);
  const values = [weight, ...(bias ? [bias] : [])];
  for (const value of values) {
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(value));
    if (users.length > 1) {
      throw new UserError(
        `The last layer "${node.name}" of the network "${graph.name}" shares "${value.name}" with another; it cannot be replaced.`,
      );
    }
  }
  const fanIn = shape.reduce((product, size) => product * size, 1) / count;
  const draw = (sizes: readonly number[]) => {
    const numbers = new Float32Array(sizes.reduce((product, size) => product * size, 1));
    const bound = 1 / Math.sqrt(fanIn);
    if (random) for (let i = 0; i < numbers.length; i++) numbers[i] = (2 * random.uniform() - 1) * bound;
    return float32(numbers, [...sizes]);
  };
  const resized = (sizes: readonly number[]) => sizes.map((size) => (size === count ? classes : size));
  const fresh = new Map([[weight, draw(shape.map((size, i) => (i === axis ? classes : size)))]]);
  if (bias) fresh.set(bias, draw(resized(dimsOf(bias))));
  return fresh;
}

/** The sizes of an initializer. */
function dimsOf({ data }: Value): readonly number[] {
  return data?.dims ?? [];
}
