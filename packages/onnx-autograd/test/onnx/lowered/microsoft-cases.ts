import { floats, int, number, text } from '../opset-model.js';
import { convolution, drawn, given, type Lowered, microsoft } from './lowered.js';

const layered = { skip: [2, 3, 4], gamma: [4], beta: [4], bias: [4] };

export const microsoftCases: readonly Lowered[] = [
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
