import { int, ints, number, text } from '../opset-model.js';
import { drawn, given, type Lowered } from './lowered.js';

const turned = { cos: [2, 3, 2], sin: [2, 3, 2] };

export const standardCases: readonly Lowered[] = [
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
];
