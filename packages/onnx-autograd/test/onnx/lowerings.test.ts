import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { mul, reshape, sum } from '../../src/building/expressions.js';
import type { Value } from '../../src/graph/value.js';
import { loweredOperators } from '../../src/onnx/lowerings.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { type Case, floats, int, ints, model, number, text } from './opset-model.js';

/** Numbers of a shape, the same each time. */
const drawn = (dims: readonly number[], from = 1): number[] =>
  Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + from));

const microsoft = { domain: 'com.microsoft', opset: 17 } as const;

/** Three places of two samples, four features; keys and values of five places. */
const keys = { k: [2, 5, 4], v: [2, 5, 6] };
const apart = { k: [2, 2, 5, 3], v: [2, 2, 5, 3] };
const given = (dims: Readonly<Record<string, readonly number[]>>) => ({
  more: Object.fromEntries(Object.entries(dims).map(([name, list], i) => [name, drawn(list, i + 2)])),
  dims,
});
const heads = (queries: number, ofKeys = queries) => [
  int('q_num_heads', queries),
  int('kv_num_heads', ofKeys),
];
const mask = [1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1];
const turned = { cos: [2, 3, 2], sin: [2, 3, 2] };
const layered = { skip: [2, 3, 4], gamma: [4], beta: [4], bias: [4] };
const convolution = {
  x: [2, 2, 4, 4],
  more: { w: drawn([3, 2, 3, 3]), b: [0.1, 0.2, -0.5] },
  dims: { w: [3, 2, 3, 3] },
  shape: ['batch', 3, 2, 2],
};

interface Lowered extends Case {
  readonly what: string;
  /** What it computes, where ONNX Runtime does not know it yet. */
  readonly defined?: (x: readonly number[]) => number[];
  /** Whether a gradient passes; it does when absent. */
  readonly hasGradient?: boolean;
}

/** Three places of two features, each of which sees itself and the one before. */
function windowed(q: readonly number[], k: readonly number[], v: readonly number[]): number[] {
  const row = (list: readonly number[], i: number) => list.slice(2 * i, 2 * i + 2) as [number, number];
  return [0, 1, 2].flatMap((i) => {
    const seen = [i - 1, i].filter((j) => j >= 0);
    const likeness = seen.map((j) =>
      Math.exp((row(q, i)[0] * row(k, j)[0] + row(q, i)[1] * row(k, j)[1]) / Math.SQRT2),
    );
    const total = likeness.reduce((a, b) => a + b, 0);
    return [0, 1].map((feature) =>
      seen.reduce(
        (sum, j, at) => sum + ((likeness[at] as number) / total) * (row(v, j)[feature] as number),
        0,
      ),
    );
  });
}

const cases: readonly Lowered[] = [
  {
    what: 'heads side by side',
    operator: 'Attention',
    opset: 23,
    attributes: heads(2),
    ...given(keys),
    shape: [2, 3, 6],
  },
  {
    what: 'heads apart, causal, a scale',
    operator: 'Attention',
    opset: 23,
    attributes: [int('is_causal', 1), number('scale', 0.3)],
    x: [2, 2, 4, 3],
    ...given(apart),
    shape: [2, 2, 4, 3],
  },
  {
    what: 'several heads of queries for one of keys, a mask',
    operator: 'Attention',
    opset: 24,
    x: [2, 4, 3, 3],
    more: { k: drawn([2, 2, 5, 3]), v: drawn([2, 2, 5, 3], 2), mask },
    dims: { ...apart, mask: [3, 5] },
    shape: [2, 4, 3, 3],
  },
  {
    what: 'a mask that is added',
    operator: 'Attention',
    opset: 23,
    x: [2, 2, 3, 3],
    ...given({ ...apart, added: [3, 5] }),
    shape: [2, 2, 3, 3],
  },
  {
    what: 'behind a cache, causal, what is kept and what is alike',
    operator: 'Attention',
    opset: 24,
    attributes: [int('is_causal', 1), int('qk_matmul_output_mode', 3)],
    x: [2, 2, 3, 3],
    more: {
      ...{ k: drawn([2, 2, 3, 3], 2), v: drawn([2, 2, 3, 3], 3), absent: [] },
      ...{ past_k: drawn([2, 2, 2, 3], 4), past_v: drawn([2, 2, 2, 3], 5) },
    },
    dims: { k: [2, 2, 3, 3], v: [2, 2, 3, 3], past_k: [2, 2, 2, 3], past_v: [2, 2, 2, 3] },
    outputs: 4,
    shape: [2, 2, 3, 3],
  },
  {
    what: 'as many keys as each sample has',
    operator: 'Attention',
    opset: 24,
    x: [2, 2, 3, 3],
    more: {
      ...{ k: drawn([2, 2, 5, 3], 2), v: drawn([2, 2, 5, 3], 3), absent_mask: [], absent_past: [] },
      ...{ absent_value: [], sizes: [4, 3] },
    },
    dims: { k: [2, 2, 5, 3], v: [2, 2, 5, 3] },
    shape: [2, 2, 3, 3],
  },
  {
    what: 'a window',
    operator: 'Attention',
    opset: 25,
    attributes: [int('left_window_size', 1), int('right_window_size', 0)],
    x: [1, 1, 3, 2],
    more: { k: drawn([1, 1, 3, 2], 2), v: drawn([1, 1, 3, 2], 3) },
    dims: { k: [1, 1, 3, 2], v: [1, 1, 3, 2] },
    shape: ['batch', 1, 3, 2],
    defined: (x) => windowed(x, drawn([6], 2), drawn([6], 3)),
  },
  {
    what: 'of the last axis',
    operator: 'RMSNormalization',
    opset: 23,
    more: { scale: [1, 2, 3, 4] },
    shape: ['batch', 3, 4],
  },
  {
    what: 'of two axes',
    operator: 'RMSNormalization',
    opset: 23,
    attributes: [int('axis', 1), number('epsilon', 0.1)],
    ...given({ scale: [3, 4] }),
    shape: ['batch', 3, 4],
  },
  {
    what: 'as ONNX Runtime calls it',
    operator: 'SimplifiedLayerNormalization',
    opset: 17,
    more: { scale: [1, 2, 3, 4] },
    shape: ['batch', 3, 4],
  },
  {
    what: 'halves',
    operator: 'RotaryEmbedding',
    opset: 23,
    x: [2, 2, 3, 4],
    ...given(turned),
    shape: [2, 2, 3, 4],
  },
  {
    what: 'neighbours, heads side by side, a part of the features, places',
    operator: 'RotaryEmbedding',
    opset: 23,
    attributes: [int('interleaved', 1), int('num_heads', 2), int('rotary_embedding_dim', 2)],
    x: [2, 3, 8],
    more: { cos: drawn([5, 1]), sin: drawn([5, 1], 2), sizes: [4, 0, 1, 2, 3, 3] },
    dims: { cos: [5, 1], sin: [5, 1], sizes: [2, 3] },
    shape: [2, 3, 8],
  },
  {
    what: 'with a factor',
    operator: 'Swish',
    opset: 24,
    attributes: [number('alpha', 1.5)],
    shape: ['batch', 3, 4],
  },
  {
    what: 'with a factor',
    operator: 'SwiGLU',
    opset: 28,
    attributes: [number('alpha', 1.5)],
    ...given({ other: [2, 3, 4] }),
    defined: (x: readonly number[]) =>
      x.map((value, i) => (value / (1 + Math.exp(-1.5 * value))) * (drawn([2, 3, 4], 2)[i] as number)),
    shape: [2, 3, 4],
  },
  {
    what: 'of maps',
    operator: 'MeanVarianceNormalization',
    opset: 13,
    x: [2, 3, 4, 2],
    shape: ['batch', 3, 4, 2],
  },
  {
    what: 'along an axis',
    operator: 'MeanVarianceNormalization',
    opset: 13,
    attributes: [ints('axes', -1)],
    shape: ['batch', 3, 4],
  },
  ...(['none', 'sum', 'mean'] as const).flatMap((reduction): Lowered[] => [
    {
      what: `${reduction}, labels that are ignored`,
      operator: 'NegativeLogLikelihoodLoss',
      opset: 13,
      attributes: [text('reduction', reduction), int('ignore_index', -100)],
      x: [3, 4],
      more: { sizes: [1, -100, 3] },
      shape: reduction === 'none' ? [3] : [],
    },
    {
      what: `${reduction}, weights, a label at each place`,
      operator: 'NegativeLogLikelihoodLoss',
      opset: 13,
      attributes: [text('reduction', reduction)],
      more: { sizes: drawn([8]).map((value) => Math.floor(value + 1)), weights: [0.5, 1, 2] },
      dims: { sizes: [2, 4] },
      shape: reduction === 'none' ? [2, 4] : [],
    },
    {
      what: `${reduction}, weights, a class that is ignored`,
      operator: 'SoftmaxCrossEntropyLoss',
      opset: 13,
      attributes: [text('reduction', reduction), int('ignore_index', 1)],
      x: [3, 4],
      more: { sizes: [1, 0, 3], weights: [0.5, 1, 2, 0.25] },
      outputs: 2,
      shape: reduction === 'none' ? [3] : [],
    },
  ]),
  {
    what: 'what is chosen and what is not',
    operator: 'OneHot',
    opset: 11,
    at: 2,
    x: [2],
    more: { sizes: [0, -1, 7, 2, -5, 1], sizes_depth: [4] },
    dims: { sizes: [2, 3], sizes_depth: [] },
    shape: [2, 3, 4],
  },
  {
    what: 'along the first axis',
    operator: 'OneHot',
    opset: 11,
    at: 2,
    x: [2],
    attributes: [int('axis', 0)],
    more: { sizes: [0, 2, 1], sizes_depth: [3] },
    shape: [3, 3],
  },
  {
    what: 'along an axis',
    operator: 'Compress',
    opset: 11,
    attributes: [int('axis', -1)],
    more: { mask: [0, 1, 1] },
    shape: ['batch', 3, 2],
  },
  { what: 'of all elements', operator: 'Compress', opset: 11, more: { mask: [1, 0, 0, 1] }, shape: [2] },
  {
    what: 'with a bias',
    operator: 'Shrink',
    opset: 9,
    attributes: [number('lambd', 0.25), number('bias', 0.1)],
    shape: ['batch', 3, 4],
  },
  ...[0, 1].flatMap((reverse) =>
    [0, 1].map((exclusive) => ({
      what: `reverse ${reverse}, exclusive ${exclusive}`,
      operator: 'CumProd',
      opset: 26,
      attributes: [int('reverse', reverse), int('exclusive', exclusive)],
      x: [2, 7],
      more: { sizes: [1] },
      dims: { sizes: [] },
      shape: ['batch', 7],
    })),
  ),
  {
    what: 'smaller and larger',
    operator: 'CenterCropPad',
    opset: 18,
    attributes: [ints('axes', 2, -2)],
    x: [2, 4, 5],
    more: { sizes: [2, 7] },
    shape: ['batch', 7, 2],
  },
  ...[0, 1].map((corners) => ({
    what: `align_corners ${corners}`,
    operator: 'AffineGrid',
    opset: 20,
    attributes: [int('align_corners', corners)],
    x: [2, 2, 3],
    more: { sizes: [2, 1, 3, 2] },
    shape: ['batch', 3, 2, 2],
  })),
  ...(
    [
      [16, [text('mode', 'bilinear')]],
      [20, [text('mode', 'linear'), int('align_corners', 1), text('padding_mode', 'border')]],
      [20, [text('mode', 'nearest')]],
      [20, [text('mode', 'cubic')]],
    ] as const
  ).flatMap(([opset, attributes], i): Lowered[] => {
    const isSmooth = i < 2;
    const what = `opset ${opset}, ${attributes.map(({ name }) => name)}`;
    const common = { operator: 'GridSample', opset, attributes: [...attributes] };
    const grid = drawn([2, 3, 2, 2]).map((place) => 1.2 * place);
    const ofMaps = { ...common, what, x: [2, 2, 3, 4], more: { grid }, dims: { grid: [2, 3, 2, 2] } };
    // Of a size that has no kink where the grid looks.
    const size = i === 0 ? [2, 2, 3, 4] : [2, 2, 4, 4];
    const maps = { maps: drawn(size, 4) };
    return [
      { ...ofMaps, shape: i === 3 ? undefined : ['batch', 2, 3, 2], hasGradient: i < 3 },
      ...(isSmooth
        ? [
            {
              ...{ ...common, what: `${what}, the grid`, at: 1, x: [2, 2, 2, 2], more: maps },
              ...{ dims: { maps: size }, shape: [2, 2, 2, 2] },
            },
          ]
        : []),
    ] as Lowered[];
  }),
  {
    what: 'of volumes',
    operator: 'GridSample',
    opset: 20,
    x: [1, 2, 2, 3, 4],
    more: { grid: drawn([1, 1, 2, 3, 3]) },
    dims: { grid: [1, 1, 2, 3, 3] },
    shape: ['batch', 2, 1, 2, 3],
  },
  {
    what: 'strides, dilations and padding',
    operator: 'Col2Im',
    opset: 18,
    attributes: [ints('strides', 2, 1), ints('dilations', 1, 2), ints('pads', 0, 1, 1, 0)],
    x: [2, 8, 9],
    more: { sizes: [5, 4], sizes_block: [2, 2] },
    shape: ['batch', 2, 5, 4],
  },
  ...(
    [
      [18, [4, 4], [int('p', 1)]],
      [18, [2, 5], [ints('strides', 2, 1), ints('pads', 1, 0, 1, 1), ints('dilations', 2, 1)]],
      [17, [6, 5], [int('p', 3), text('auto_pad', 'SAME_LOWER')]],
      [22, [3, 3], [int('ceil_mode', 1), ints('strides', 2, 2)]],
    ] as const
  ).map(([opset, sizes, attributes]) => ({
    what: `opset ${opset}, ${attributes.map(({ name }) => name)}`,
    operator: 'LpPool',
    opset,
    attributes: [ints('kernel_shape', 3, 2), ...attributes],
    x: [2, 2, 6, 5],
    shape: ['batch', 2, ...sizes],
  })),
  ...[1, 2, 3].map((p) => ({
    what: `p ${p}`,
    operator: 'GlobalLpPool',
    opset: 17,
    attributes: [int('p', p)],
    x: [2, 3, 4, 2],
    shape: ['batch', 3, 1, 1],
  })),
  { what: 'exact', operator: 'Gelu', ...microsoft, shape: ['batch', 3, 4] },
  {
    what: 'of a sum',
    operator: 'FastGelu',
    ...microsoft,
    more: { bias: [1, -1, 0.5, 0] },
    shape: ['batch', 3, 4],
  },
  {
    what: 'of a sum',
    operator: 'BiasGelu',
    ...microsoft,
    more: { bias: [1, -1, 0.5, 0] },
    shape: ['batch', 3, 4],
  },
  { what: 'by default', operator: 'QuickGelu', ...microsoft, shape: ['batch', 3, 4] },
  {
    what: 'with the sum as an output',
    operator: 'SkipLayerNormalization',
    ...microsoft,
    attributes: [number('epsilon', 0.01)],
    ...given(layered),
    shape: [2, 3, 4],
  },
  {
    what: 'with a bias',
    operator: 'SkipSimplifiedLayerNormalization',
    ...microsoft,
    attributes: [number('epsilon', 0.01)],
    ...given({ skip: [2, 3, 4], gamma: [4], bias: [4] }),
    shape: [2, 3, 4],
  },
  ...(
    [
      [[text('activation', 'Relu')], {}],
      [[text('activation', 'LeakyRelu'), floats('activation_params', 0.3)], {}],
      [[text('activation', 'Clip'), floats('activation_params', -0.2, 0.7)], {}],
      [[text('activation', 'HardSigmoid'), floats('activation_params', 0.3, 0.4)], {}],
    ] as const
  ).map(([attributes]) => ({
    what: `${attributes.length} attributes`,
    operator: 'FusedConv',
    ...microsoft,
    attributes: [...attributes],
    ...convolution,
  })),
  {
    what: 'a product',
    operator: 'FusedGemm',
    ...microsoft,
    attributes: [text('activation', 'Tanh'), number('alpha', 0.5), int('transB', 1)],
    x: [2, 4],
    ...given({ w: [3, 4], b: [3] }),
    shape: ['batch', 3],
  },
  {
    what: 'biases and what is added',
    operator: 'MultiHeadAttention',
    ...microsoft,
    attributes: [int('num_heads', 2)],
    more: {
      ...{
        k: drawn([2, 5, 4]),
        v: drawn([2, 5, 4], 2),
        bias: drawn([12], 3),
        absent: [],
        added: drawn([1, 1, 3, 5], 4),
      },
    },
    dims: { k: [2, 5, 4], v: [2, 5, 4], added: [1, 1, 3, 5] },
    shape: [2, 3, 4],
  },
  {
    what: 'causal',
    operator: 'Attention',
    ...microsoft,
    attributes: [int('num_heads', 2), int('unidirectional', 1)],
    ...given({ w: [4, 12], b: [12] }),
    shape: ['batch', 3, 4],
  },
];

/** The operator itself: what it makes of numbers. */
async function itself(one: Omit<Lowered, 'what'>): Promise<(x: Tensor) => Promise<Record<string, Tensor>>> {
  const { defined } = one;
  if (defined) return async (x) => ({ y: float32(defined(toNumbers(x)), x.dims) });
  const run = await compileOnnx(model(one, false));
  return (x) => run({ x });
}

async function compared(one: Omit<Lowered, 'what'>): Promise<Value> {
  const dims = one.x ?? [2, 3, 4];
  const x = float32(drawn(dims), dims);
  const original = await (await itself(one))(x);
  const { graph } = readOnnx(model(one, true));
  const found = await (await compileOnnx(writeOnnx(graph)))({ x });
  expect(Object.keys(found)).toEqual(Object.keys(original));
  for (const [name, tensor] of Object.entries(original)) {
    expect(found[name]?.dims).toEqual(tensor.dims);
    const own = toNumbers(found[name] as Tensor);
    for (const [i, value] of toNumbers(tensor).entries()) expect(own[i]).toBeCloseTo(value, 4);
  }
  return graph.value('y');
}

/** The slope of a sum of what is made, by the gradient and by a difference of the operator itself. */
async function slopes(one: Lowered): Promise<{ readonly predicted: number; readonly measured: number }> {
  const dims = one.x ?? [2, 3, 4];
  const direction = drawn(dims, 5);
  const x = drawn(dims);
  const { graph } = readOnnx(model(one, false));
  const [input, made] = [graph.value('x'), graph.value('y')];
  const { y } = await runOnce(graph, { x: float32(x, dims) });
  const weights = drawn([(y as Tensor).data.length], 7).map((weight) => weight + 1.5);
  const weighted = mul(reshape(made, [-1]), graph.constant(float32(weights)));
  const gradient = differentiate(graph, sum(weighted, [0], false), [input]).get(input) as Value;
  graph.output(gradient);
  const results = await runOnce(graph, { x: float32(x, dims) });
  expect((results[gradient.name] as Tensor).dims).toEqual(dims);
  const total = (list: readonly number[], factors: readonly number[]) =>
    list.reduce((all, value, i) => all + value * (factors[i] as number), 0);
  const run = await itself(one);
  const at = async (by: number) => {
    const moved = x.map((value, i) => value + by * (direction[i] as number));
    return total(toNumbers((await run(float32(moved, dims))).y as Tensor), weights);
  };
  const step = 1e-2;
  return {
    predicted: total(toNumbers(results[gradient.name] as Tensor), direction),
    measured: ((await at(step)) - (await at(-step))) / (2 * step),
  };
}

describe('an operator that is read as several others computes what it did, and lets a gradient pass', () => {
  it('for each of them', () => {
    const tested = new Set(
      cases.map(({ operator, domain }) => (domain ? `${domain}.${operator}` : operator)),
    );
    const recurrences = ['LSTM', 'GRU', 'RNN'];
    expect(loweredOperators.filter((name) => !tested.has(name) && !recurrences.includes(name))).toEqual([]);
  });

  it.each(cases.map((one) => [`${one.domain ?? ''} ${one.operator}: ${one.what}`, one] as const))(
    '%s',
    async (_, one) => {
      const y = await compared(one);
      expect(y.shape).toEqual(one.shape);
      if (one.hasGradient === false) return;
      const { predicted, measured } = await slopes(one);
      expect(Math.abs(measured)).toBeGreaterThan(1e-3);
      expect(Math.abs(predicted - measured)).toBeLessThan(0.02 * Math.abs(measured));
    },
  );

  it('a query that may look at no key is answered with zeros', async () => {
    const nothing = { k: drawn([2, 1, 2, 3]), v: drawn([2, 1, 2, 3]), mask: [0, 0, 1, 0] };
    const dims = { k: [2, 1, 2, 3], v: [2, 1, 2, 3], mask: [2, 2] };
    const one = { operator: 'Attention', opset: 23, x: [2, 1, 2, 3], more: nothing, dims, shape: [] };
    const { y } = await runOnce(readOnnx(model(one, true)).graph, {
      x: float32(drawn([2, 1, 2, 3]), [2, 1, 2, 3]),
    });
    expect(toNumbers(y as Tensor).slice(0, 3)).toEqual([0, 0, 0]);
    expect(toNumbers(y as Tensor)[3]).not.toBe(0);
  });
});

describe('what is not read of them is refused by name', () => {
  const refused: readonly (readonly [string, Omit<Case, 'shape'>, RegExp])[] = [
    [
      'an activation',
      { operator: 'FusedConv', ...microsoft, ...convolution, attributes: [text('activation', 'Elu')] },
      /"Elu" is not read/,
    ],
    [
      'the largest of what is put to a place',
      {
        operator: 'ScatterND',
        opset: 18,
        more: { sizes: [0], u: [1] },
        attributes: [text('reduction', 'max')],
      },
      /"max" \(opset 18\)/,
    ],
    [
      'an operator that is newer',
      { operator: 'DeformConv', opset: 19 },
      /DeformConv is not there in opset 17/,
    ],
  ];
  it.each(refused)('%s', (_, one, message) => {
    expect(() => readOnnx(model({ ...one, shape: [] }, false))).toThrow(message);
  });
});

it('the other order of SpaceToDepth puts the place in the block behind the channel', async () => {
  const attributes = [int('blocksize', 2), text('mode', 'CRD')];
  const one = { operator: 'SpaceToDepth', opset: 28, x: [1, 2, 2, 4], attributes, shape: [] };
  const { graph } = readOnnx(model(one, true));
  const numbers = Array.from({ length: 16 }, (_, i) => i);
  const { y } = await runOnce(graph, { x: float32(numbers, [1, 2, 2, 4]) });
  expect(y?.dims).toEqual([1, 8, 1, 2]);
  expect(toNumbers(y as Tensor)).toEqual([0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15]);
});

it('a Fourier transform of opset 20 is that of opset 17', async () => {
  for (const more of [{ sizes: [6] }, { absent: [], sizes: [1] }]) {
    const dims: Record<string, number[]> = { sizes: [] };
    const y = await compared({ operator: 'DFT', opset: 20, x: [2, 6, 1], more, dims, shape: [] });
    expect(y.shape).toEqual(['batch', 6, 2]);
  }
});

describe('what has no slope where it is 0 is no obstacle there', () => {
  it.each([
    ['the length of windows that are empty', { operator: 'LpPool', attributes: [ints('kernel_shape', 2)] }],
    [
      'the deviation of what does not differ',
      { operator: 'MeanVarianceNormalization', attributes: [ints('axes', 2)] },
    ],
  ])('%s', async (_, one) => {
    const { graph } = readOnnx(model({ ...one, opset: 13, x: [1, 2, 4], shape: [] }, false));
    const [x, y] = [graph.value('x'), graph.value('y')];
    const weighted = mul(reshape(y, [-1]), graph.constant(float32(drawn([y.knownShape[2] === 4 ? 8 : 6]))));
    const gradient = differentiate(graph, sum(weighted, [0], false), [x]).get(x) as Value;
    graph.output(gradient);
    const results = await runOnce(graph, { x: float32([0, 0, 0, 0, 1, 2, 3, 5], [1, 2, 4]) });
    expect(toNumbers(results[gradient.name] as Tensor).every(Number.isFinite)).toBe(true);
  });
});

describe('labels of a file’s loss', () => {
  const file = (labels: Record<string, readonly number[]>) =>
    readOnnx(
      model({ operator: 'SoftmaxCrossEntropyLoss', opset: 13, x: [2, 3], more: labels, shape: [] }, false),
    );

  it('that are no class are refused', () => {
    expect(() => file({ sizes: [0, 3] })).toThrow(/"sizes" .*3/);
    expect(() => file({ sizes: [-1, 0] })).toThrow(/"sizes" .*-1/);
  });
});
