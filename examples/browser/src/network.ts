import {
  copyGraph,
  expressions,
  float,
  float32,
  Graph,
  type Random,
  type Tensor,
  type Value,
  writeOnnx,
} from 'onnx-autograd';
import { frontEnd } from './front-end.js';
import { clipLength } from './sounds.js';

/** A CNN from samples `(batch, 16000)` to one logit a class: three convolutions on a log spectrogram. */
export function soundNetwork(classes: number, random: Random): Graph {
  const graph = new Graph('sounds');
  const drawn = (name: string, dims: readonly number[]) => {
    const inputs = dims.slice(1).reduce((a, b) => a * b, 1);
    const count = inputs * (dims[0] as number);
    const values = Array.from({ length: count }, () => Math.sqrt(2 / inputs) * random.normal());
    return graph.initializer(float32(values, dims), name);
  };
  const block = (x: Value, name: string, from: number, to: number): Value => {
    const filled = (key: string, value: number) =>
      graph.initializer(float32(new Float32Array(to).fill(value), [to]), `${name}.${key}`);
    const maps = expressions.conv(x, drawn(`${name}.weight`, [to, from, 3, 3]), undefined, {
      pads: [1, 1, 1, 1],
    });
    const statistics = [filled('mean', 0), filled('variance', 1)];
    const inputs = [maps, filled('scale', 1), filled('bias', 0), ...statistics];
    const normal = graph.apply('BatchNormalization', inputs, { epsilon: float(1e-5), momentum: float(0.9) });
    return graph.apply('MaxPool', [expressions.relu(normal)], { kernel_shape: [2, 2], strides: [2, 2] });
  };
  let x = frontEnd(graph, graph.input('samples', ['batch', clipLength]));
  const channels = [
    [1, 8],
    [8, 16],
    [16, 32],
  ] as const;
  for (const [i, [from, to]] of channels.entries()) x = block(x, `block${i + 1}`, from, to);
  const pooled = expressions.flatten(expressions.globalAveragePool(x));
  const head = expressions.matMul(pooled, expressions.transpose(drawn('head.weight', [classes, 32]), [1, 0]));
  graph.output(
    expressions.add(head, graph.initializer(float32(new Float32Array(classes), [classes]), 'head.bias')),
  );
  return graph;
}

/** The bytes of an `.onnx` file with the trained weights: samples in, probabilities out. */
export function exportNetwork(
  network: Graph,
  weights: Readonly<Record<string, Tensor>>,
  labels: readonly string[],
): Uint8Array<ArrayBuffer> {
  const graph = new Graph('sounds');
  const samples = graph.input('samples', ['batch', clipLength]);
  const copy = copyGraph(graph, network, {
    inputs: { samples },
    initializer: ({ name }) => {
      const trained = weights[name];
      return trained && graph.initializer(trained, name);
    },
  });
  graph.output(expressions.softmax(copy.value(network.outputs[0] as Value), 1));
  return new Uint8Array(writeOnnx(graph, { metadata: { labels: JSON.stringify(labels) } }));
}
