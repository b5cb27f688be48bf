import { type OperatorFacts, operator, type Trait } from './facts.js';
import {
  base,
  bool,
  counted,
  element,
  element2,
  float32,
  floating,
  floating2,
  floating3,
  index,
  int32,
  int64,
  numeric,
  optional,
  ordered,
  pooled,
  several,
  signed,
  wide,
} from './slots.js';

/** Sequences, weights, recurrent weights, biases, lengths, first states. */
const recurrentInputs = [
  ...[floating, floating, floating],
  ...[optional(floating), optional(int32), optional(floating)],
];
const recurrentAttributes = [
  ...(['activation_alpha', 'activation_beta', 'activations', 'clip', 'direction', 'layout'] as const),
];

/**
 * The operators that the library knows, with what the ONNX standard says of each in opset 17: what it takes, what it
 * makes, its attributes; and with what else is true of it. Each has a shape rule (`shapes/`) and an entry in the table of
 * gradients (`gradients/`), and the compiler sees to it that neither is forgotten. Names are those of the standard, or
 * domain and name of what ONNX Runtime adds to it.
 *
 * @see https://onnx.ai/onnx/operators/
 */
const facts = {
  // convolution
  Conv: operator([floating, floating, optional(floating)], [floating], {
    attributes: ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'],
    weights: [1, 2],
    traits: ['perSample', 'product'],
  }),
  ConvTranspose: operator([floating, floating, optional(floating)], [floating], {
    attributes: [
      'auto_pad',
      'dilations',
      'group',
      'kernel_shape',
      'output_padding',
      'output_shape',
      'pads',
      'strides',
    ],
    weights: [1, 2],
    traits: ['perSample', 'product'],
  }),

  // pooling
  MaxPool: operator([pooled], [pooled, optional(int64)], {
    attributes: ['auto_pad', 'ceil_mode', 'dilations', 'pads', 'storage_order', 'strides'],
    required: ['kernel_shape'],
    traits: ['perSample'],
  }),
  MaxUnpool: operator([floating, int64, optional(int64)], [floating], {
    attributes: ['pads', 'strides'],
    required: ['kernel_shape'],
  }),
  AveragePool: operator([floating], [floating], {
    attributes: ['auto_pad', 'ceil_mode', 'count_include_pad', 'pads', 'strides'],
    required: ['kernel_shape'],
    traits: ['perSample'],
  }),
  GlobalAveragePool: operator([floating], [floating], { traits: ['perSample'] }),
  GlobalMaxPool: operator([floating], [floating], { traits: ['perSample'] }),

  // normalization
  BatchNormalization: operator(
    [floating, floating2, floating2, floating3, floating3],
    [floating, optional(floating3), optional(floating3)],
    { attributes: ['epsilon', 'momentum', 'training_mode'], weights: [1, 2], traits: ['perSample'] },
  ),
  LayerNormalization: operator(
    [floating, floating, optional(floating)],
    [floating, optional(float32), optional(float32)],
    { attributes: ['axis', 'epsilon', 'stash_type'], weights: [1, 2] },
  ),
  InstanceNormalization: operator([floating, floating, floating], [floating], {
    attributes: ['epsilon'],
    weights: [1, 2],
    traits: ['perSample'],
  }),
  LRN: operator([floating], [floating], {
    attributes: ['alpha', 'beta', 'bias'],
    required: ['size'],
    traits: ['perSample'],
  }),
  LpNormalization: operator([floating], [floating], { attributes: ['axis', 'p'] }),
  Dropout: operator([floating, optional(floating2), optional(bool)], [floating, optional(bool)], {
    attributes: ['seed'],
  }),

  // elementwise, one input
  Identity: operator([element], [element], { traits: ['layoutOnly', 'passesOn'] }),
  Relu: operator([signed], [signed], { traits: ['activation', 'perSample'] }),
  LeakyRelu: operator([floating], [floating], { attributes: ['alpha'], traits: ['activation', 'perSample'] }),
  PRelu: operator([wide, wide], [wide], { weights: [1], traits: ['activation', 'perSample'] }),
  ThresholdedRelu: operator([floating], [floating], { attributes: ['alpha'], traits: ['activation'] }),
  Elu: operator([floating], [floating], { attributes: ['alpha'], traits: ['activation', 'perSample'] }),
  Selu: operator([floating], [floating], { attributes: ['alpha', 'gamma'], traits: ['activation'] }),
  Celu: operator([float32], [float32], { attributes: ['alpha'], traits: ['activation'] }),
  Softplus: operator([floating], [floating], { traits: ['activation', 'perSample'] }),
  Softsign: operator([floating], [floating], { traits: ['activation'] }),
  HardSigmoid: operator([floating], [floating], {
    attributes: ['alpha', 'beta'],
    traits: ['activation', 'perSample'],
  }),
  HardSwish: operator([floating], [floating], { traits: ['activation', 'perSample'] }),
  Sigmoid: operator([floating], [floating], { traits: ['activation', 'perSample'] }),
  Tanh: operator([floating], [floating], { traits: ['activation', 'perSample'] }),
  Exp: operator([floating], [floating]),
  Log: operator([floating], [floating]),
  Sqrt: operator([floating], [floating]),
  Reciprocal: operator([floating], [floating]),
  Abs: operator([numeric], [numeric]),
  Neg: operator([signed], [signed]),
  Sign: operator([numeric], [numeric]),
  Floor: operator([floating], [floating]),
  Ceil: operator([floating], [floating]),
  Round: operator([floating], [floating]),
  Sin: operator([floating], [floating]),
  Cos: operator([floating], [floating]),
  Tan: operator([floating], [floating]),
  Asin: operator([floating], [floating]),
  Acos: operator([floating], [floating]),
  Atan: operator([floating], [floating]),
  Sinh: operator([floating], [floating]),
  Cosh: operator([floating], [floating]),
  Asinh: operator([floating], [floating]),
  Acosh: operator([floating], [floating]),
  Atanh: operator([floating], [floating]),
  Erf: operator([numeric], [numeric]),
  Clip: operator([numeric, optional(numeric), optional(numeric)], [numeric], {
    traits: ['activation', 'perSample'],
  }),
  Cast: operator([element], [element2], { required: ['to'], traits: ['passesOn'] }),
  Not: operator([bool], [bool]),
  IsNaN: operator([floating], [bool]),
  IsInf: operator([floating], [bool], { attributes: ['detect_negative', 'detect_positive'] }),

  // elementwise, broadcasting
  Add: operator([numeric, numeric], [numeric], { weights: [0, 1], traits: ['perSample'] }),
  Sub: operator([numeric, numeric], [numeric], { weights: [0, 1], traits: ['perSample'] }),
  Mul: operator([numeric, numeric], [numeric], { weights: [0, 1], traits: ['perSample'] }),
  Div: operator([numeric, numeric], [numeric], { weights: [0, 1], traits: ['perSample'] }),
  Pow: operator([base, numeric], [base], { weights: [1] }),
  Mod: operator([numeric, numeric], [numeric], { attributes: ['fmod'] }),
  Max: operator([several(numeric)], [numeric]),
  Min: operator([several(numeric)], [numeric]),
  Sum: operator([several(floating)], [floating]),
  Mean: operator([several(floating)], [floating]),
  Equal: operator([element, element], [bool]),
  Less: operator([numeric, numeric], [bool]),
  LessOrEqual: operator([numeric, numeric], [bool]),
  Greater: operator([numeric, numeric], [bool]),
  GreaterOrEqual: operator([numeric, numeric], [bool]),
  And: operator([bool, bool], [bool]),
  Or: operator([bool, bool], [bool]),
  Xor: operator([bool, bool], [bool]),
  Where: operator([bool, element, element], [element], { weights: [1, 2] }),

  // matrix products
  MatMul: operator([wide, wide], [wide], { weights: [0, 1], traits: ['product'] }),
  Gemm: operator([wide, wide, optional(wide)], [wide], {
    attributes: ['alpha', 'beta', 'transA', 'transB'],
    weights: [1, 2],
    traits: ['product'],
  }),
  'com.microsoft.FusedMatMul': operator([floating, floating], [floating], {
    attributes: ['alpha', 'transA', 'transB', 'transBatchA', 'transBatchB'],
    weights: [0, 1],
    traits: ['product'],
  }),
  Einsum: operator([several(numeric)], [numeric], { required: ['equation'], weights: [0] }),

  // recurrence
  RNN: operator(recurrentInputs, [optional(floating), optional(floating)], {
    attributes: recurrentAttributes,
    required: ['hidden_size'],
    weights: [1, 2, 3],
  }),
  GRU: operator(recurrentInputs, [optional(floating), optional(floating)], {
    attributes: [...recurrentAttributes, 'linear_before_reset'],
    required: ['hidden_size'],
    weights: [1, 2, 3],
  }),
  LSTM: operator(
    [...recurrentInputs, optional(floating), optional(floating)],
    [optional(floating), optional(floating), optional(floating)],
    {
      attributes: [...recurrentAttributes, 'input_forget'],
      required: ['hidden_size'],
      weights: [1, 2, 3, 7],
    },
  ),

  // softmax
  Softmax: operator([floating], [floating], { attributes: ['axis'] }),
  LogSoftmax: operator([floating], [floating], { attributes: ['axis'] }),

  // reductions
  ReduceMean: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceSum: operator([wide, optional(int64)], [wide], { attributes: ['keepdims', 'noop_with_empty_axes'] }),
  ReduceMax: operator([ordered], [ordered], { attributes: ['axes', 'keepdims'] }),
  ReduceMin: operator([ordered], [ordered], { attributes: ['axes', 'keepdims'] }),
  ReduceProd: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceL1: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceL2: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceSumSquare: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceLogSum: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  ReduceLogSumExp: operator([wide], [wide], { attributes: ['axes', 'keepdims'] }),
  CumSum: operator([wide, index], [wide], { attributes: ['exclusive', 'reverse'] }),
  ReverseSequence: operator([element, int64], [element], { attributes: ['batch_axis', 'time_axis'] }),
  TopK: operator([numeric, int64], [numeric, int64], { attributes: ['axis', 'largest', 'sorted'] }),
  ArgMax: operator([numeric], [int64], { attributes: ['axis', 'keepdims', 'select_last_index'] }),
  ArgMin: operator([numeric], [int64], { attributes: ['axis', 'keepdims', 'select_last_index'] }),

  // layout
  Reshape: operator([element, int64], [element], {
    attributes: ['allowzero'],
    traits: ['layoutOnly', 'passesOn'],
  }),
  Flatten: operator([element], [element], { attributes: ['axis'], traits: ['layoutOnly', 'passesOn'] }),
  Transpose: operator([element], [element], { attributes: ['perm'], traits: ['layoutOnly', 'passesOn'] }),
  Squeeze: operator([element, optional(int64)], [element], { traits: ['layoutOnly', 'passesOn'] }),
  Unsqueeze: operator([element, int64], [element], { traits: ['layoutOnly', 'passesOn'] }),
  Concat: operator([several(element)], [element], {
    required: ['axis'],
    weights: [0],
    traits: ['perSample'],
  }),
  Split: operator([element, optional(int64)], [several(element)], { attributes: ['axis'] }),
  Slice: operator([element, index, index, optional(index), optional(index)], [element]),
  Pad: operator([element, int64, optional(element)], [element], { attributes: ['mode'] }),
  Expand: operator([element, int64], [element], { traits: ['passesOn'] }),
  Tile: operator([element, int64], [element]),
  Gather: operator([element, index], [element], { attributes: ['axis'], weights: [0] }),
  GatherElements: operator([element, index], [element], { attributes: ['axis'] }),
  ScatterElements: operator([element, index, element], [element], { attributes: ['axis', 'reduction'] }),
  GatherND: operator([element, int64], [element], { attributes: ['batch_dims'] }),
  ScatterND: operator([element, int64, element], [element], { attributes: ['reduction'] }),
  Trilu: operator([element, optional(int64)], [element], { attributes: ['upper'] }),
  DepthToSpace: operator([element], [element], { attributes: ['mode'], required: ['blocksize'] }),
  SpaceToDepth: operator([element], [element], { required: ['blocksize'] }),
  Resize: operator([element, optional(floating), optional(float32), optional(int64)], [element], {
    attributes: [
      'coordinate_transformation_mode',
      'cubic_coeff_a',
      'exclude_outside',
      'extrapolation_value',
      'mode',
      'nearest_mode',
    ],
  }),

  // spectra
  DFT: operator([floating, optional(index)], [floating], { attributes: ['axis', 'inverse', 'onesided'] }),
  STFT: operator([floating, index, optional(floating), optional(index)], [floating], {
    attributes: ['onesided'],
  }),
  MelWeightMatrix: operator([index, index, index, floating, floating], [numeric], {
    attributes: ['output_datatype'],
  }),
  HannWindow: operator([index], [numeric], { attributes: ['output_datatype', 'periodic'] }),
  HammingWindow: operator([index], [numeric], { attributes: ['output_datatype', 'periodic'] }),
  BlackmanWindow: operator([index], [numeric], { attributes: ['output_datatype', 'periodic'] }),

  // shapes as values
  Shape: operator([element], [int64], { attributes: ['end', 'start'] }),
  Size: operator([element], [int64]),
  ConstantOfShape: operator([int64], [element], { attributes: ['value'] }),
  Range: operator([counted, counted, counted], [counted]),
  NonZero: operator([element], [int64]),
} satisfies Readonly<Record<string, OperatorFacts>>;

/** The name of an operator that is known; with its domain where that is not the standard's own. */
export type Operator = keyof typeof facts;

/** The names of all operators that are known. */
export const operators = Object.keys(facts) as readonly Operator[];

/** What is true of an operator. */
export function factsOf(operator: Operator): OperatorFacts {
  return facts[operator];
}

type NamedNode = { readonly operator: string; readonly domain: string };

/** The operator of a node, when the library knows it. Those beyond the standard have their domain before their name. */
export function knownOperator(node: NamedNode): Operator | undefined {
  const name =
    node.domain === '' || node.domain === 'ai.onnx' ? node.operator : `${node.domain}.${node.operator}`;
  return Object.hasOwn(facts, name) ? (name as Operator) : undefined;
}

/** Whether a node is of this operator: a comparison of names in which a misspelt one does not compile. */
export function isOperator(node: NamedNode | undefined, operator: Operator): boolean {
  return node !== undefined && knownOperator(node) === operator;
}

/** Whether something is true of the operator of a node. */
export function hasTrait(node: NamedNode | undefined, trait: Trait): boolean {
  const operator = node && knownOperator(node);
  return operator !== undefined && factsOf(operator).traits.has(trait);
}
