import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { sum } from '../../src/building/expressions.js';
import type { Value } from '../../src/graph/value.js';
import { loweredOperators } from '../../src/onnx/lowerings.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { type Case, floats, int, model, number, text } from './opset-model.js';

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

const cases: readonly (Case & { readonly what: string })[] = [
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

async function compared(one: Case): Promise<Value> {
  const dims = one.x ?? [2, 3, 4];
  const x = float32(drawn(dims), dims);
  const original = await (await compileOnnx(model(one, false)))({ x });
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
      const { graph } = readOnnx(model(one, false));
      const x = graph.value('x');
      const made = graph.value('y');
      const loss = sum(
        made,
        made.knownShape.map((_, axis) => axis),
        false,
      );
      const gradient = differentiate(graph, graph.apply('Mul', [loss, loss]), [x]).get(x) as Value;
      graph.output(gradient);
      const dims = one.x ?? [2, 3, 4];
      const results = await runOnce(graph, { x: float32(drawn(dims), dims) });
      expect((results[gradient.name] as Tensor).dims).toEqual(dims);
      expect(toNumbers(results[gradient.name] as Tensor).every(Number.isFinite)).toBe(true);
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
      'a cache',
      {
        operator: 'Attention',
        opset: 23,
        ...given({ k: [2, 2, 5, 3], v: [2, 2, 5, 3], absent: [0], past: [2, 2, 1, 3] }),
        x: [2, 2, 3, 3],
      },
      /past_key/,
    ],
    [
      'a window',
      {
        operator: 'Attention',
        opset: 25,
        ...given(apart),
        x: [2, 2, 3, 3],
        attributes: [int('left_window_size', 2)],
      },
      /left_window_size/,
    ],
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
      'another order',
      {
        operator: 'SpaceToDepth',
        opset: 28,
        x: [1, 1, 2, 2],
        attributes: [int('blocksize', 2), text('mode', 'CRD')],
      },
      /"CRD"/,
    ],
    ['an operator that is newer', { operator: 'SwiGLU', opset: 28 }, /SwiGLU is not there in opset 17/],
  ];
  it.each(refused)('%s', (_, one, message) => {
    expect(() => readOnnx(model({ ...one, shape: [] }, false))).toThrow(message);
  });
});

it('a Fourier transform of opset 20 is that of opset 17', async () => {
  for (const more of [{ sizes: [6] }, { absent: [], sizes: [1] }]) {
    const dims: Record<string, number[]> = { sizes: [] };
    const y = await compared({ operator: 'DFT', opset: 20, x: [2, 6, 1], more, dims, shape: [] });
    expect(y.shape).toEqual(['batch', 6, 2]);
  }
});
