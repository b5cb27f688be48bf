import type { Graph, Node, Shape, Value } from 'onnx-autograd';
import { hasTrait } from 'onnx-autograd/internal';
import { UserError } from '../../errors.js';

/** Where a network's feature maps can be looked at: one convolution. */
export interface Tap {
  /** The convolution's name, such as `conv2_2`. */
  readonly name: string;
  /** Before the activation function (behind batch normalization, where there is one). */
  readonly before: Value;
  /** After the activation function; the same as `before` where there is none. */
  readonly after: Value;
}

/** A convolutional network: an ONNX graph from feature maps to logits, with taps. */
export interface Network {
  readonly graph: Graph;
  /** `(batch, channels, frames, bins)`. */
  readonly input: Value;
  /** `(batch, classes)`, before softmax. */
  readonly logits: Value;
  readonly taps: ReadonlyMap<string, Tap>;
}

/**
 * Any ONNX graph as a network: its first input, its first output, and a tap for every convolution.
 *
 * @throws UserError when it has no input, no output or no convolution.
 */
export function networkOf(graph: Graph): Network {
  const [input] = graph.inputs;
  const [logits] = graph.outputs;
  if (input === undefined || logits === undefined) {
    throw new UserError(
      `The model "${graph.name}" has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs; a network needs one of each.`,
    );
  }
  const taps = findTaps(graph);
  if (taps.size === 0)
    throw new UserError(`The model "${graph.name}" has no convolution, so there is nothing to tap.`);
  return { graph, input, logits, taps };
}

function findTaps(graph: Graph): Map<string, Tap> {
  const users = new Map<Value, { node: Node; output: Value }[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const [output] = node.outputs;
      if (input && output) users.set(input, [...(users.get(input) ?? []), { node, output }]);
    }
  }
  const only = (value: Value) => {
    const found = users.get(value) ?? [];
    return found.length === 1 ? found[0] : undefined;
  };
  const taps = new Map<string, Tap>();
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.operator !== 'Conv' || output === undefined) continue;
    const next = only(output);
    const before = next?.node.operator === 'BatchNormalization' ? next.output : output;
    const activation = (users.get(before) ?? []).find((user) => hasTrait(user.node, 'activation'));
    taps.set(node.name, { name: node.name, before, after: activation?.output ?? before });
  }
  return taps;
}

/** The feature maps at a tap. */
export function tapped(network: Network, name: string, position: 'before' | 'after'): Value {
  const tap = network.taps.get(name);
  if (tap !== undefined) return tap[position];
  throw new UserError(
    `There is no tap "${name}" in this network; taps are ${[...network.taps.keys()].join(', ')}.`,
  );
}

/** Shape of one clip's maps at a value, without the batch. */
export function mapShape(value: Value): Shape {
  return value.knownShape.slice(1);
}
