import { expressions, float, float32, type Graph, type Random, sizeAt, type Value } from 'onnx-autograd';
import { UserError } from '../../errors.js';

const { globalAveragePool, flatten, matMul, transpose } = expressions;

/** Makes the layers of a network, drawing their first weights from one stream of random numbers; zeros without one. */
export class Layers {
  constructor(
    readonly graph: Graph,
    readonly random: Random | undefined,
  ) {}

  /** 3 x 3 convolution, padding 1. */
  convolution(x: Value, channels: number, name: string, init: 'fan-in' | 'fan-out'): Value {
    const before = sizeAt(x, 1);
    const fan = 9 * before;
    const weights =
      init === 'fan-in'
        ? this.#uniform(channels * fan, 1 / Math.sqrt(fan))
        : this.#normal(channels * fan, Math.sqrt(2 / (9 * channels)));
    const bias = init === 'fan-in' ? this.#uniform(channels, 1 / Math.sqrt(fan)) : new Float32Array(channels);
    const inputs = [
      x,
      this.graph.initializer(float32(weights, [channels, before, 3, 3]), `${name}.weight`),
      this.graph.initializer(float32(bias, [channels]), `${name}.bias`),
    ];
    return this.graph.apply(
      'Conv',
      inputs,
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      { name, outputs: [name] },
    );
  }

  batchNormalization(x: Value, name: string): Value {
    const channels = sizeAt(x, 1);
    const filled = (value: number, what: string) =>
      this.graph.initializer(
        float32(new Float32Array(channels).fill(value), [channels]),
        `${name}.norm.${what}`,
      );
    const inputs = [x, filled(1, 'scale'), filled(0, 'bias'), filled(0, 'mean'), filled(1, 'variance')];
    return this.graph.apply(
      'BatchNormalization',
      inputs,
      { epsilon: float(1e-5), momentum: float(0.9) },
      { name: `${name}.norm`, outputs: [`${name}.norm`] },
    );
  }

  relu(x: Value, name: string): Value {
    return this.graph.apply('Relu', [x], {}, { name: `${name}.relu`, outputs: [`${name}.relu`] });
  }

  /** 2 x 2, stride 2; left out where a map has become a single row or column. */
  maxPool(x: Value, name: string): Value {
    if (x.knownShape.slice(2).some((size) => size === 1)) return x;
    return this.graph.apply('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] }, { name });
  }

  linear(x: Value, outputs: number, name: string, init: 'fan-in' | 'small-normal', output = name): Value {
    const inputs = sizeAt(x, 1);
    const bound = 1 / Math.sqrt(inputs);
    const weights =
      init === 'fan-in' ? this.#uniform(outputs * inputs, bound) : this.#normal(outputs * inputs, 0.01);
    const bias = init === 'fan-in' ? this.#uniform(outputs, bound) : new Float32Array(outputs);
    const w = this.graph.initializer(float32(weights, [outputs, inputs]), `${name}.weight`);
    const b = this.graph.initializer(float32(bias, [outputs]), `${name}.bias`);
    return this.graph.apply('Gemm', [x, w, b], { transB: 1 }, { name, outputs: [output] });
  }

  dropout(x: Value, ratio: number, name: string): Value {
    return this.graph.apply(
      'Dropout',
      [x, this.graph.constant(float32(ratio), `${name}.ratio`)],
      {},
      { name },
    );
  }

  /** `(batch, channels, height, width)` to `(batch, channels)`. */
  averageOverSpace(x: Value): Value {
    return flatten(globalAveragePool(x));
  }

  /**
   * Adaptive average pooling as PyTorch does it: output `i` of `n` averages the elements from `floor(i L / n)` to
   * `ceil((i + 1) L / n)`. Both axes are matrix products, so that small maps are stretched as well.
   */
  adaptiveAveragePool(x: Value, size: number): Value {
    const [height, width] = [sizeAt(x, 2), sizeAt(x, 3)];
    const swapped = (maps: Value) => transpose(maps, [0, 1, 3, 2]);
    const narrow = matMul(x, this.#averaging(width, size, 'pool.columns'));
    return swapped(matMul(swapped(narrow), this.#averaging(height, size, 'pool.rows')));
  }

  /** A matrix whose columns each average a span of `length` elements; a constant, which no training moves. */
  #averaging(length: number, size: number, name: string): Value {
    return transpose(
      this.graph.constant(float32(averagingMatrix(length, size), [size, length]), name),
      [1, 0],
    );
  }

  #uniform(count: number, bound: number): Float32Array {
    const values = zeros(count);
    const { random } = this;
    if (random) for (let i = 0; i < count; i++) values[i] = (2 * random.uniform() - 1) * bound;
    return values;
  }

  #normal(count: number, deviation: number): Float32Array {
    const values = zeros(count);
    const { random } = this;
    if (random) for (let i = 0; i < count; i++) values[i] = random.normal() * deviation;
    return values;
  }
}

/** Weights of one layer: 2 GiB, as much as an ONNX file holds. */
const mostWeights = 2 ** 29;

/** @throws UserError where a file of the network could not hold them. */
function zeros(count: number): Float32Array {
  if (count <= mostWeights) return new Float32Array(count);
  throw new UserError(
    `A layer of this network would have ${count} weights; at most ${mostWeights} fit a file. Take a smaller width.`,
  );
}

/** `size` rows that each average a span of `length` elements. */
function averagingMatrix(length: number, size: number): Float32Array {
  const matrix = new Float32Array(size * length);
  for (let i = 0; i < size; i++) {
    const first = Math.floor((i * length) / size);
    const end = Math.ceil(((i + 1) * length) / size);
    matrix.fill(1 / (end - first), i * length + first, i * length + end);
  }
  return matrix;
}
