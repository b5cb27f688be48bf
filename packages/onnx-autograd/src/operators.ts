/**
 * The operators that the library knows: each has a shape rule (`shapes/`) and an entry in the table of gradients
 * (`gradients/`), and the compiler sees to it that neither is forgotten. Names are those of the ONNX standard.
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
  // normalization
  'BatchNormalization',
  'Dropout',
  // elementwise, one input
  'Identity',
  'Relu',
  'LeakyRelu',
  'Sigmoid',
  'Tanh',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Abs',
  'Neg',
  'Sign',
  'Clip',
  'Cast',
  'Not',
  // elementwise, broadcasting
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'And',
  'Where',
  // matrix products
  'MatMul',
  'Gemm',
  // softmax
  'Softmax',
  'LogSoftmax',
  // reductions
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'ArgMax',
  // layout
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Concat',
  'Slice',
  'Pad',
  'Expand',
  'Gather',
  'GatherElements',
  'ScatterElements',
  // shapes as values
  'Shape',
  'ConstantOfShape',
] as const;

export type Operator = (typeof operators)[number];

const known = new Set<string>(operators);

/** Whether the library knows the operator. Those of other domains, such as `com.microsoft`, it does not. */
export function isOperator(name: string, domain = ''): name is Operator {
  return (domain === '' || domain === 'ai.onnx') && known.has(name);
}
