import type { Attributes } from '../../../src/graph/attributes.js';
import { int64 } from '../../../src/tensor.js';
import { distinct, type Row, uniform } from '../row.js';

function maxPool(name: string, x: readonly number[], attributes: Attributes): Row {
  return { operator: 'MaxPool', name, inputs: [distinct(x)], attributes, batched: [0] };
}

function averagePool(name: string, x: readonly number[], attributes: Attributes): Row {
  return {
    operator: 'AveragePool',
    name,
    inputs: [uniform(x)],
    attributes,
    precision: 'float32',
    batched: [0],
  };
}

const two = { kernel_shape: [2, 2], strides: [2, 2] };
const three = { kernel_shape: [3, 3] };

const unpooled: readonly Row[] = [
  {
    operator: 'MaxUnpool',
    name: 'with an output shape',
    inputs: [uniform([1, 1, 2, 2]), int64([0, 2, 10, 14], [1, 1, 2, 2]), int64([1, 1, 5, 5])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    precision: 'float32',
  },
  {
    operator: 'MaxUnpool',
    name: 'without one',
    inputs: [uniform([1, 1, 2, 3]), int64([0, 2, 4, 12, 14, 16], [1, 1, 2, 3])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    precision: 'float32',
  },
];

export const poolingRows: readonly Row[] = [
  ...unpooled,
  maxPool('windows side by side', [2, 3, 4, 6], two),
  maxPool('a rest at the end', [2, 2, 5, 7], two),
  maxPool('side by side with ceil_mode', [2, 2, 5, 7], { ...two, ceil_mode: 1 }),
  maxPool('side by side, padded', [2, 2, 5, 6], { ...two, pads: [1, 1, 0, 1] }),
  maxPool('stride beyond the window', [2, 2, 7, 8], { kernel_shape: [2, 2], strides: [3, 3] }),
  maxPool('whole rows', [2, 3, 4, 6], { kernel_shape: [1, 6], strides: [1, 6] }),
  maxPool('overlapping', [2, 2, 6, 5], { ...three, strides: [2, 1] }),
  maxPool('overlapping, padded', [2, 2, 6, 5], { ...three, pads: [1, 1, 1, 1], strides: [2, 2] }),
  maxPool('overlapping with ceil_mode', [2, 2, 6, 7], { ...three, strides: [2, 2], ceil_mode: 1 }),
  maxPool('default stride', [2, 2, 4, 4], { kernel_shape: [2, 2] }),
  maxPool('dilated', [2, 2, 7, 6], { kernel_shape: [2, 2], dilations: [3, 2], strides: [2, 2] }),
  maxPool('storage_order 1', [2, 2, 4, 6], { ...two, storage_order: 1 }),
  { ...maxPool('with indices among its outputs', [2, 2, 4, 6], two), outputCount: 2 },
  {
    ...maxPool('with column-major indices among its outputs', [2, 2, 4, 6], { ...two, storage_order: 1 }),
    outputCount: 2,
  },
  maxPool('auto_pad SAME_UPPER', [2, 2, 5, 6], { ...three, strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  maxPool('1-D side by side', [2, 3, 8], { kernel_shape: [2], strides: [2] }),
  maxPool('1-D overlapping', [2, 3, 9], { kernel_shape: [4], strides: [2], pads: [1, 2] }),
  maxPool('3-D', [2, 2, 4, 4, 2], { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }),

  ...[
    [2, 3, 4],
    [2, 3, 4, 2],
    [1, 2, 2, 3, 2],
  ].map(
    (dims): Row => ({
      operator: 'GlobalMaxPool',
      name: `rank ${dims.length}`,
      inputs: [distinct(dims)],
      batched: [0],
      precision: 'float32',
      step: 1 / 64,
    }),
  ),

  averagePool('windows side by side', [2, 3, 4, 6], two),
  averagePool('a rest at the end', [2, 2, 5, 7], two),
  averagePool('overlapping', [2, 2, 6, 5], { ...three, strides: [1, 2] }),
  averagePool('stride beyond the window', [2, 2, 8, 9], { kernel_shape: [2, 2], strides: [3, 3] }),
  averagePool('padded, padding not counted', [2, 2, 6, 5], { ...three, pads: [1, 1, 1, 1], strides: [2, 2] }),
  averagePool('padded, padding counted', [2, 2, 6, 5], {
    ...three,
    pads: [1, 1, 1, 1],
    strides: [2, 2],
    count_include_pad: 1,
  }),
  averagePool('asymmetric padding', [2, 2, 5, 6], { ...three, pads: [0, 2, 1, 0] }),
  averagePool('asymmetric padding, counted', [2, 2, 5, 6], {
    ...three,
    pads: [0, 2, 1, 0],
    count_include_pad: 1,
  }),
  averagePool('ceil_mode', [2, 2, 6, 7], { ...two, ceil_mode: 1 }),
  averagePool('ceil_mode, padding counted', [2, 2, 6, 5], {
    ...three,
    strides: [2, 2],
    pads: [1, 0, 1, 0],
    ceil_mode: 1,
    count_include_pad: 1,
  }),
  averagePool('ceil_mode, padding not counted', [2, 2, 6, 8], {
    ...three,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    ceil_mode: 1,
  }),
  averagePool('auto_pad SAME_LOWER', [2, 2, 5, 6], { ...three, strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  averagePool('1-D', [2, 3, 9], { kernel_shape: [3], strides: [2], pads: [1, 0] }),
  averagePool('3-D', [2, 2, 4, 3, 4], { kernel_shape: [2, 2, 2], strides: [2, 1, 2] }),

  ...[[2, 3, 4, 5] as const, [2, 3, 6] as const, [2, 2, 3, 2, 2] as const].map(
    (x): Row => ({
      operator: 'GlobalAveragePool',
      name: `${x.length - 2}-D`,
      inputs: [uniform(x)],
      precision: 'float32',
      batched: [0],
    }),
  ),
];
