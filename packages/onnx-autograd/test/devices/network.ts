import { add, flatten, matMul, relu } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { float } from '../../src/graph/attributes.js';
import { Random } from '../../src/random.js';
import { elementCount, float32 } from '../../src/tensor.js';

/** Convolution, batch normalization, ReLU, max pooling, a frozen convolution and a linear layer: (batch, 2, 8, 8) to 3. */
export function convolutionalNetwork(): Graph {
  const random = new Random(3);
  const graph = new Graph('small');
  const drawn = (name: string, dims: readonly number[]) =>
    graph.initializer(
      float32(
        Array.from({ length: elementCount(dims) }, () => 0.3 * random.normal()),
        dims,
      ),
      name,
    );
  const filled = (name: string, value: number) =>
    graph.initializer(float32(new Float32Array(8).fill(value), [8]), name);
  const pads = [1, 1, 1, 1];
  let x = graph.input('x', ['batch', 2, 8, 8]);
  // No bias: before a normalization its gradient is 0 but for rounding, which Adam blows up.
  x = graph.apply('Conv', [x, drawn('conv.weight', [8, 2, 3, 3])], { pads });
  const norm = [
    filled('norm.scale', 1),
    filled('norm.bias', 0),
    filled('norm.mean', 0),
    filled('norm.variance', 1),
  ];
  x = relu(graph.apply('BatchNormalization', [x, ...norm], { epsilon: float(1e-5), momentum: float(0.9) }));
  x = graph.apply('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  x = relu(graph.apply('Conv', [x, drawn('frozen.weight', [8, 8, 3, 3])], { pads }));
  const head = matMul(flatten(x), drawn('head.weight', [128, 3]));
  graph.output(add(head, drawn('head.bias', [3])));
  return graph;
}
