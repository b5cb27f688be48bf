/**
 * The operators that the library knows: each has a shape rule (`shapes/`) and an entry in the table of gradients
 * (`gradients/`), and the compiler sees to it that neither is forgotten. Names are those of the ONNX standard, or
 * domain and name of what ONNX Runtime adds to it.
 */
export const operators = [
  // convolution
  'Conv',
  'ConvTranspose',
  // pooling
  'MaxPool',
  'MaxUnpool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  // normalization
  'BatchNormalization',
  'LayerNormalization',
  'InstanceNormalization',
  'LRN',
  'Dropout',
  // elementwise, one input
  'Identity',
  'Relu',
  'LeakyRelu',
  'PRelu',
  'ThresholdedRelu',
  'Elu',
  'Selu',
  'Celu',
  'Softplus',
  'Softsign',
  'HardSigmoid',
  'HardSwish',
  'Sigmoid',
  'Tanh',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Abs',
  'Neg',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Sin',
  'Cos',
  'Erf',
  'Clip',
  'Cast',
  'Not',
  // elementwise, broadcasting
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Mod',
  'Max',
  'Min',
  'Sum',
  'Mean',
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'And',
  'Or',
  'Xor',
  'Where',
  // matrix products
  'MatMul',
  'Gemm',
  'com.microsoft.FusedMatMul',
  'Einsum',
  // softmax
  'Softmax',
  'LogSoftmax',
  // reductions
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ArgMax',
  'ArgMin',
  // layout
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Concat',
  'Split',
  'Slice',
  'Pad',
  'Expand',
  'Tile',
  'Gather',
  'GatherElements',
  'ScatterElements',
  'DepthToSpace',
  'SpaceToDepth',
  'Resize',
  // shapes as values
  'Shape',
  'Size',
  'ConstantOfShape',
  'Range',
  'NonZero',
] as const;

/** The name of an operator that is known; with its domain where that is not the standard's own. */
export type Operator = (typeof operators)[number];

const known = new Set<string>(operators);

/** The operator of a node, when the library knows it. Those beyond the standard have their domain before their name. */
export function knownOperator(node: {
  readonly operator: string;
  readonly domain: string;
}): Operator | undefined {
  const name =
    node.domain === '' || node.domain === 'ai.onnx' ? node.operator : `${node.domain}.${node.operator}`;
  return known.has(name) ? (name as Operator) : undefined;
}

/** Whether a node is of this operator: a comparison of names in which a misspelt one does not compile. */
export function isOperator(
  node: { readonly operator: string; readonly domain: string } | undefined,
  operator: Operator,
): boolean {
  return node !== undefined && knownOperator(node) === operator;
}
