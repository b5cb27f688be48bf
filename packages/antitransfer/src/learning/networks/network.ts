import type { Graph, Node, Shape, Value } from 'onnx-autograd';
import { hasTrait } from 'onnx-autograd/internal';
import { UserError } from '../../errors.js';

/** Where a network's feature maps can be looked at: the features that it hears, a convolution or a pooling. */
export interface Tap {
  /** The layer's name, such as `conv2_2` or `pool2`; `input` for the features. */
  readonly name: string;
  readonly kind: 'input' | 'convolution' | 'pooling';
  /** Before the activation function (behind batch normalization, where there is one). */
  readonly before: Value;
  /** After the activation function; the same as `before` where there is none, as behind a pooling. */
  readonly after: Value;
}

/** A convolutional network: an ONNX graph from feature maps to logits, with taps. */
export interface Network {
  readonly graph: Graph;
  /** `(batch, channels, frames, bins)`. */
  readonly input: Value;
  /** `(batch, classes)`, before softmax. */
  readonly logits: Value;
  /** In the order of the layers. */
  readonly taps: ReadonlyMap<string, Tap>;
}

/** The tap of what the first convolution hears: features, standardised where the network is behind a standardisation. */
const inputTap = 'input';

/**
 * Any ONNX graph as a network: its first input, its first output, and a tap for what the first convolution hears,
 * every convolution and every pooling.
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
  if (![...taps.values()].some(({ kind }) => kind === 'convolution'))
    throw new UserError(`The model "${graph.name}" has no convolution, so there is nothing to tap.`);
  return { graph, input, logits, taps };
}

/** A convolution of this name is no tap: it takes a label out of the maps of one, which are looked at behind it. */
export function erasureName(tap: string): string {
  return `${tap}${erasureEnding}`;
}

const erasureEnding = '.erasure';

function isErasure(name: string): boolean {
  return name.endsWith(erasureEnding);
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
  const erased = (value: Value, tap: string) =>
    (users.get(value) ?? []).find(({ node }) => node.name === erasureName(tap))?.output ?? value;
  const taps = new Map<string, Tap>();
  const first = firstOverMaps(graph);
  const begin = first === undefined ? 0 : graph.nodes.indexOf(first);
  const heard = first?.inputs[0];
  if (heard !== undefined) taps.set(inputTap, { name: inputTap, kind: 'input', before: heard, after: heard });
  for (const [index, node] of graph.nodes.entries()) {
    const { name } = node;
    const [output] = node.outputs;
    if (output === undefined) continue;
    // A pooling before the first convolution is the front end's.
    if (poolings.has(node.operator) && index > begin) {
      const pooled = erased(output, name);
      taps.set(name, { name, kind: 'pooling', before: pooled, after: pooled });
    }
    if (node.operator !== 'Conv') continue;
    if (isErasure(name)) continue;
    const next = only(output);
    const before = erased(next?.node.operator === 'BatchNormalization' ? next.output : output, name);
    const activation = (users.get(before) ?? []).find((user) => hasTrait(user.node, 'activation'));
    taps.set(name, { name, kind: 'convolution', before, after: erased(activation?.output ?? before, name) });
  }
  return taps;
}

/** The first convolution over time and frequency: those of a front end in the same file are over samples. */
function firstOverMaps({ nodes }: Graph): Node | undefined {
  const convolutions = nodes.filter(({ operator, name }) => operator === 'Conv' && !isErasure(name));
  const isOverMaps = ({ inputs }: Node) => inputs[1]?.shape?.length === 4;
  return convolutions.find(isOverMaps) ?? convolutions[0];
}

/** Poolings over neighbouring pixels: those over a whole map leave no map to look at. */
const poolings: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool']);

/**
 * The last convolution of a network.
 *
 * @throws UserError when it has none.
 */
export function lastConvolution({ graph, taps }: Network): string {
  const last = [...taps.values()].findLast(({ kind }) => kind === 'convolution');
  if (last !== undefined) return last.name;
  throw new UserError(`The network "${graph.name}" has no convolution, so there is nothing to tap.`);
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
