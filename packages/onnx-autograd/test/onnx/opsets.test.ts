import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { sum } from '../../src/building/expressions.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { findWeights } from '../../src/programs/weights.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { type Case, floats, int, ints, model, number, text } from './opset-model.js';

const scale = { scale: [1, 1, 2, 1.5] };
const cases: readonly Case[] = [
  {
    operator: 'Squeeze',
    opset: 11,
    attributes: [ints('axes', 1)],
    x: [2, 1, 3],
    shape: ['batch', 3],
  },
  { operator: 'Unsqueeze', opset: 11, attributes: [ints('axes', 1, 3)], shape: ['batch', 1, 3, 1, 4] },
  { operator: 'ReduceSum', opset: 11, attributes: [ints('axes', -1)], shape: ['batch', 3, 1] },
  { operator: 'ReduceSum', opset: 12, attributes: [int('keepdims', 0)], shape: [] },
  {
    operator: 'Split',
    opset: 11,
    attributes: [ints('split', 1, 3), int('axis', 2)],
    outputs: 2,
    shape: ['batch', 3, 1],
  },
  { operator: 'Split', opset: 12, attributes: [int('axis', 2)], outputs: 2, shape: ['batch', 3, 2] },
  {
    operator: 'Split',
    opset: 18,
    attributes: [int('axis', 1), int('num_outputs', 2)],
    outputs: 2,
    shape: ['batch', 2, 4],
  },
  {
    operator: 'Clip',
    opset: 9,
    attributes: [number('min', -0.25), number('max', 0.5)],
    shape: ['batch', 3, 4],
  },
  { operator: 'Clip', opset: 10, attributes: [number('max', 0.5)], shape: ['batch', 3, 4] },
  { operator: 'Dropout', opset: 11, attributes: [number('ratio', 0.5)], shape: ['batch', 3, 4] },
  { operator: 'Softmax', opset: 11, shape: ['batch', 3, 4] },
  { operator: 'Softmax', opset: 12, attributes: [int('axis', 2)], shape: ['batch', 3, 4] },
  { operator: 'LogSoftmax', opset: 11, x: [2, 3, 1, 1], shape: ['batch', 3, 1, 1] },
  {
    operator: 'Slice',
    opset: 9,
    attributes: [ints('starts', 1), ints('ends', 3), ints('axes', 2)],
    shape: ['batch', 3, 2],
  },
  { operator: 'Slice', opset: 9, attributes: [ints('starts', 0, 1), ints('ends', 2, 3)], shape: [] },
  {
    operator: 'Pad',
    opset: 10,
    attributes: [ints('pads', 0, 1, 0, 0, 0, 2), number('value', 3)],
    shape: ['batch', 4, 6],
  },
  {
    operator: 'Upsample',
    opset: 8,
    attributes: [floats('scales', 1, 1, 2, 1.5), text('mode', 'nearest')],
    x: [2, 1, 3, 4],
    shape: ['batch', 1, 6, 6],
  },
  {
    operator: 'Upsample',
    opset: 9,
    attributes: [text('mode', 'linear')],
    x: [2, 1, 3, 4],
    more: scale,
    shape: ['batch', 1, 6, 6],
  },
  {
    operator: 'Resize',
    opset: 10,
    attributes: [text('mode', 'linear')],
    x: [2, 1, 3, 4],
    more: scale,
    shape: ['batch', 1, 6, 6],
  },
  {
    operator: 'BatchNormalization',
    opset: 9,
    attributes: [number('momentum', 0.8)],
    more: { gain: [1, 2, 3], bias: [0, 1, -1], mean: [0.1, 0, 0], variance: [1, 2, 0.5] },
    shape: ['batch', 3, 4],
  },
  { operator: 'CastLike', opset: 17, more: { like: [1] }, shape: ['batch', 3, 4] },
  {
    operator: 'CastLike',
    opset: 19,
    attributes: [int('saturate', 1)],
    more: { like: [1] },
    shape: ['batch', 3, 4],
  },
  { operator: 'Gelu', opset: 20, shape: ['batch', 3, 4] },
  { operator: 'Gelu', opset: 20, attributes: [text('approximate', 'tanh')], shape: ['batch', 3, 4] },
  { operator: 'Mish', opset: 18, shape: ['batch', 3, 4] },
  {
    operator: 'GroupNormalization',
    opset: 18,
    attributes: [int('num_groups', 2), number('epsilon', 0.1)],
    x: [2, 4, 3, 2],
    more: { scale: [1, -2], bias: [0.5, 0] },
    shape: ['batch', 4, 3, 2],
  },
  {
    operator: 'GroupNormalization',
    opset: 21,
    attributes: [int('num_groups', 2)],
    x: [2, 4, 5],
    more: { scale: [1, -2, 3, 4], bias: [0.5, 0, 1, 2] },
    shape: ['batch', 4, 5],
  },
  {
    operator: 'AveragePool',
    opset: 19,
    attributes: [ints('kernel_shape', 2), ints('dilations', 1)],
    shape: ['batch', 3, 3],
  },
  ...[0, 1].flatMap((included): Case[] => [
    {
      operator: 'AveragePool',
      opset: 19,
      attributes: [
        ...[ints('kernel_shape', 3, 2), ints('dilations', 2, 1), ints('pads', 1, 0, 2, 1)],
        ...[ints('strides', 2, 1), int('count_include_pad', included)],
      ],
      x: [2, 2, 7, 5],
      shape: ['batch', 2, 3, 5],
    },
    {
      operator: 'AveragePool',
      opset: 22,
      attributes: [
        ...[ints('kernel_shape', 2, 2), ints('dilations', 2, 3), int('ceil_mode', 1)],
        ...[ints('strides', 2, 2), int('count_include_pad', included), ints('pads', 0, 1, 1, 0)],
      ],
      x: [2, 2, 6, 7],
      shape: ['batch', 2, 3, 3],
    },
  ]),
  {
    operator: 'Pad',
    opset: 19,
    attributes: [text('mode', 'wrap')],
    more: { sizes: [0, 1, 2, 0, 3, 4] },
    shape: ['batch', 7, 10],
  },
  {
    operator: 'Pad',
    opset: 19,
    attributes: [text('mode', 'wrap')],
    more: { sizes: [2, 1], absent: [], sizes_axes: [-1] },
    shape: ['batch', 3, 7],
  },
  { operator: 'Cast', opset: 19, attributes: [int('to', 1), int('saturate', 1)], shape: ['batch', 3, 4] },
  {
    operator: 'Resize',
    opset: 18,
    attributes: [text('mode', 'linear'), ints('axes', 2, 3)],
    x: [2, 1, 3, 4],
    more: { roi: [], scales: [2, 1.5] },
    shape: ['batch', 1, 6, 6],
  },
  {
    operator: 'Resize',
    opset: 19,
    attributes: [text('mode', 'nearest'), ints('axes', -1, 2), text('keep_aspect_ratio_policy', 'stretch')],
    x: [2, 1, 3, 4],
    more: { roi: [], scales: [], sizes: [9, 5] },
    shape: ['batch', 1, 5, 9],
  },
  {
    operator: 'Resize',
    opset: 18,
    attributes: [
      text('mode', 'linear'),
      ints('axes', 3, 2),
      text('coordinate_transformation_mode', 'tf_crop_and_resize'),
    ],
    x: [2, 1, 3, 4],
    more: { roi: [0.2, 0.1, 0.7, 1], scales: [], sizes: [3, 2] },
    shape: ['batch', 1, 2, 3],
  },
  {
    operator: 'Resize',
    opset: 19,
    attributes: [
      text('mode', 'linear'),
      ints('axes', 2),
      text('coordinate_transformation_mode', 'tf_crop_and_resize'),
    ],
    x: [2, 1, 3, 4],
    more: { roi: [0.5, 1], scales: [2] },
    shape: ['batch', 1, 6, 4],
  },
  { operator: 'ReduceMean', opset: 18, attributes: [int('noop_with_empty_axes', 1)], shape: ['batch', 3, 4] },
  { operator: 'ReduceL2', opset: 18, attributes: [int('keepdims', 0)], shape: [] },
  { operator: 'ReduceMax', opset: 20, more: { sizes: [-1] }, shape: ['batch', 3, 1] },
  {
    operator: 'Split',
    opset: 18,
    attributes: [int('axis', 2), int('num_outputs', 3)],
    outputs: 3,
    x: [2, 3, 5],
    shape: ['batch', 3, 2],
  },
  {
    operator: 'BatchNormalization',
    opset: 15,
    more: { gain: [1, 2, 3], bias: [0, 1, -1], mean: [0.1, 0, 0], variance: [1, 2, 0.5] },
    shape: ['batch', 3, 4],
  },
  ...[18, 19, 20, 21, 22].flatMap((opset): Case[] => [
    { operator: 'HardSwish', opset, shape: ['batch', 3, 4] },
    {
      operator: 'LayerNormalization',
      opset,
      more: { gain: [1, 2, 3, 4], bias: [0, 1, -1, 2] },
      shape: ['batch', 3, 4],
    },
    { operator: 'GlobalAveragePool', opset, shape: ['batch', 3, 1] },
    {
      operator: 'MaxPool',
      opset,
      attributes: [ints('kernel_shape', 2), ints('dilations', 2)],
      shape: ['batch', 3, 2],
    },
    { operator: 'Elu', opset, attributes: [number('alpha', 0.5)], shape: ['batch', 3, 4] },
    { operator: 'Unsqueeze', opset, more: { sizes: [1] }, shape: ['batch', 1, 3, 4] },
  ]),
];

describe('a node of another opset is, after reading, what it was', () => {
  it.each(
    cases.map(
      (one) => [`${one.operator}, opset ${one.opset}: ${one.attributes?.map((a) => a.name)}`, one] as const,
    ),
  )('%s', async (_, one) => {
    const dims = one.x ?? [2, 3, 4];
    const count = dims.reduce((a, b) => a * b, 1);
    const x = float32(
      Array.from({ length: count }, (_, i) => Math.sin(7 * i)),
      dims,
    );
    const original = await (await compileOnnx(model(one, false)))({ x });
    const { graph, opset } = readOnnx(model(one, true));
    expect(opset).toBe(one.opset);
    const found = await (await compileOnnx(writeOnnx(graph)))({ x });
    expect(Object.keys(found)).toEqual(Object.keys(original));
    for (const [name, tensor] of Object.entries(original)) {
      const [own, theirs] = [toNumbers(found[name] as Tensor), toNumbers(tensor)];
      expect(found[name]?.dims).toEqual(tensor.dims);
      for (const [i, value] of theirs.entries()) expect(own[i]).toBeCloseTo(value, 5);
    }
    if (one.shape.length > 0) expect((graph.value('y') as Value).shape).toEqual(one.shape);
  });
});

it('the scales and biases of a group normalization are weights, what it is made of is not', () => {
  const more = { scale: [1, -2], bias: [0.5, 0] };
  const one = {
    operator: 'GroupNormalization',
    attributes: [int('num_groups', 2)],
    x: [2, 2, 3],
    more,
    shape: [],
  };
  for (const opset of [18, 21]) {
    const { trainable } = findWeights(readOnnx(model({ ...one, opset }, true)).graph);
    expect([...trainable].map(({ name }) => name).sort()).toEqual(['bias', 'scale']);
  }
});

it('a dropout that trains tells what it kept, for its gradient', async () => {
  const more = { ratio: [0.5], mask: [1] };
  const one = { operator: 'Dropout', opset: 13, more, dims: { ratio: [], mask: [] }, shape: [] };
  const { graph } = readOnnx(model(one, false));
  const [x, y] = [graph.value('x'), graph.value('y')];
  const gradient = differentiate(graph, sum(y, [0, 1, 2], false), [x]).get(x) as Value;
  graph.output(gradient);
  const results = await runOnce(graph, { x: float32(new Float32Array(24).fill(1), [2, 3, 4]) });
  // Of ones it makes what their gradient is.
  expect(results[gradient.name]?.data).toEqual(results.y?.data);
  expect(new Set(toNumbers(results.y as Tensor))).toEqual(new Set([0, 2]));
});
