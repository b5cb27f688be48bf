import {
  add,
  concat,
  conv,
  expand,
  fusedMatMul,
  matMul,
  mean,
  mul,
  pad,
  reshape,
  shape,
  sigmoid,
  slice,
  squeeze,
  tanh,
  transpose,
  unsqueeze,
} from '../../../src/building/expressions.js';
import { float } from '../../../src/graph/attributes.js';
import type { Value } from '../../../src/graph/value.js';
import { operators } from '../../../src/operators/catalogue.js';
import { float32, int64 } from '../../../src/tensor.js';
import { applied, type Between, type BetweenByName, numbers, positive, sizesOf } from './between.js';

const side = { pads: [1, 1, 1, 1] };

/** Maps weighted by what an operator makes of them, one number a channel or place, as squeezing and exciting does. */
const weighting =
  (write: (x: Value) => Value): Between =>
  (x) =>
    mul(x, sigmoid(write(x)));

/**
 * Beside what is normalised the maps go on: it does not change with a bias in front, whose gradient would be rounding.
 */
const besides =
  (normalised: (x: Value) => Value): Between =>
  (x) =>
    add(normalised(x), tanh(x));

const batchNormalization = (training: boolean): Between =>
  besides((x) => {
    const { graph } = x;
    const [channels] = sizesOf(x);
    const [scale, bias] = [positive(graph, [channels]), numbers(graph, [channels])];
    const statistics = [numbers(graph, [channels], 0.1), positive(graph, [channels])];
    const attributes = { training_mode: training ? 1 : 0, epsilon: float(1e-3) };
    const made = graph.applyAll('BatchNormalization', [x, scale, bias, ...statistics], attributes, {
      outputCount: training ? 3 : 1,
    });
    return made[0] as Value;
  });

const channelsReversed: Between = (x) => {
  const [channels] = sizesOf(x);
  const order = int64(Array.from({ length: channels }, (_, i) => channels - 1 - i));
  return x.graph.apply('Gather', [x, x.graph.constant(order)], { axis: 1 });
};

const resized =
  (mode: string): Between =>
  (x) =>
    x.graph.apply('Resize', [x, undefined, x.graph.constant(float32([1, 1, 1, 1.25]))], { mode });

/** Each reduction over the places of a map; the sums of squares and the like in a range where they have a slope. */
const reductions: BetweenByName = Object.fromEntries(
  operators
    .filter((operator) => operator.startsWith('Reduce'))
    .map((operator) => {
      const few = (x: Value) => slice(mul(sigmoid(x), 0.5), [0, 0], [2, 3], [2, 3]);
      const axes = (x: Value) => (operator === 'ReduceSum' ? [x.graph.constant(int64([2, 3]))] : []);
      return [
        operator,
        weighting((x) =>
          x.graph.apply(operator, [few(x), ...axes(x)], operator === 'ReduceSum' ? {} : { axes: [2, 3] }),
        ),
      ];
    }),
);

/** Operators that look at more than one place of a map, or put it together anew. */
export const maps: BetweenByName = {
  ...reductions,
  Conv: (x) => conv(x, numbers(x.graph, [16, sizesOf(x)[0], 1, 1], 0.2), undefined),
  'Conv, one filter a channel': (x) => {
    const [channels] = sizesOf(x);
    const filter = numbers(x.graph, [channels, 1, 3, 3], 0.3);
    return conv(x, filter, numbers(x.graph, [channels]), { ...side, group: channels });
  },
  'Conv, dilated': (x) =>
    conv(x, numbers(x.graph, [32, sizesOf(x)[0], 3, 3], 0.1), undefined, {
      pads: [2, 2, 2, 2],
      dilations: [2, 2],
    }),
  ConvTranspose: (x) =>
    x.graph.apply('ConvTranspose', [x, numbers(x.graph, [sizesOf(x)[0], 16, 3, 3], 0.1)], side),
  MaxPool: applied('MaxPool', { kernel_shape: [3, 3], ...side }),
  'MaxPool, side by side': (x) =>
    weightedBy(x, applied('MaxPool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 })),
  AveragePool: applied('AveragePool', { kernel_shape: [3, 3], ...side, count_include_pad: 1 }),
  'AveragePool, side by side': (x) =>
    weightedBy(x, applied('AveragePool', { kernel_shape: [2, 2], strides: [2, 2] })),
  GlobalAveragePool: weighting((x) => x.graph.apply('GlobalAveragePool', [x])),
  GlobalMaxPool: weighting((x) => x.graph.apply('GlobalMaxPool', [x])),
  BatchNormalization: batchNormalization(false),
  'BatchNormalization, in training': batchNormalization(true),
  LayerNormalization: besides((x) => {
    const [, , width] = sizesOf(x);
    const inputs = [x, positive(x.graph, [width]), numbers(x.graph, [width])];
    return x.graph.apply('LayerNormalization', inputs, { axis: -1, epsilon: float(0.01) });
  }),
  InstanceNormalization: besides((x) => {
    const [channels] = sizesOf(x);
    const inputs = [x, positive(x.graph, [channels]), numbers(x.graph, [channels])];
    return x.graph.apply('InstanceNormalization', inputs, { epsilon: float(0.01) });
  }),
  MatMul: (x) => matMul(x, numbers(x.graph, [sizesOf(x)[2], 11], 0.2)),
  'com.microsoft.FusedMatMul': (x) => fusedMatMul(mul(fusedMatMul(x, x, { transB: 1 }), 0.05), x, {}),
  Einsum: (x) =>
    x.graph.apply('Einsum', [x, numbers(x.graph, [sizesOf(x)[0], 16], 0.2)], {
      equation: 'bc...,cd->bd...',
    }),
  Reshape: (x) => {
    const [channels, height, width] = sizesOf(x);
    return reshape(tanh(reshape(x, [0, channels * height, width])), [0, channels, height, width]);
  },
  Flatten: (x) => reshape(tanh(x.graph.apply('Flatten', [x])), [-1, ...sizesOf(x)]),
  Transpose: (x) => transpose(x, [0, 1, 3, 2]),
  Squeeze: (x) => squeeze(tanh(unsqueeze(x, [2])), [2]),
  Unsqueeze: (x) => squeeze(tanh(unsqueeze(x, [4])), [4]),
  Concat: (x) => concat([x, tanh(x)], 1),
  'Concat, of places': (x) => concat([x, x], 3),
  Split: (x) => {
    const [first, second] = x.graph.applyAll('Split', [x], { axis: 1 }, { outputCount: 2 });
    return concat([tanh(second as Value), first as Value], 1);
  },
  Slice: (x) => slice(x, [1], [sizesOf(x)[1]], [2]),
  Pad: (x) => pad(x, [0, 0, 1, 0], [0, 0, 0, 2]),
  'Pad, reflected': (x) =>
    x.graph.apply('Pad', [x, x.graph.constant(int64([0, 0, 1, 0, 0, 0, 0, 2]))], { mode: 'reflect' }),
  Expand: (x) => mul(x, expand(mean(x, [2, 3]), shape(x))),
  Tile: (x) => {
    const [, height, width] = sizesOf(x);
    const repeats = x.graph.constant(int64([1, 1, height, width]));
    return mul(x, x.graph.apply('Tile', [mean(x, [2, 3]), repeats]));
  },
  Gather: channelsReversed,
  DepthToSpace: (x) =>
    applied('SpaceToDepth', { blocksize: 2 })(
      tanh(x.graph.apply('DepthToSpace', [x], { blocksize: 2 })),
      (value) => value,
    ),
  SpaceToDepth: (x) => {
    const even = slice(x, [0], [10], [3]);
    const deep = x.graph.apply('SpaceToDepth', [even], { blocksize: 2 });
    return x.graph.apply('DepthToSpace', [tanh(deep)], { blocksize: 2 });
  },
  Resize: resized('nearest'),
  'Resize, linear': resized('linear'),
};

/** Maps weighted by the mean of smaller ones, so that those behind are not small. */
function weightedBy(x: Value, smaller: Between): Value {
  return mul(
    x,
    sigmoid(
      mean(
        smaller(x, (value) => value),
        [2, 3],
      ),
    ),
  );
}
