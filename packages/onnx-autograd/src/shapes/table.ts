import { knownOperator, type Operator } from '../operators.js';
import { broadcasting, cast, comparing, where } from './elementwise.js';
import * as layout from './layout.js';
import { fusedMatMul, gemm, matMul } from './products.js';
import { argMax, reduce } from './reductions.js';
import { input, type NodeDraft, type OutputType, type ShapeRule, sameAsInput } from './rule.js';
import * as windows from './windows.js';

const batchNormalization: ShapeRule = (node) => [
  ...sameAsInput(node),
  { type: 'float32', shape: input(node, 3).shape },
  { type: 'float32', shape: input(node, 4).shape },
];

const dropout: ShapeRule = (node) => [...sameAsInput(node), { type: 'bool', shape: input(node, 0).shape }];

const rules: Readonly<Record<Operator, ShapeRule>> = {
  Conv: windows.conv,
  ConvTranspose: windows.convTranspose,
  MaxPool: windows.pool,
  MaxUnpool: windows.maxUnpool,
  AveragePool: windows.pool,
  GlobalAveragePool: windows.globalPool,
  BatchNormalization: batchNormalization,
  Dropout: dropout,
  Identity: sameAsInput,
  Relu: sameAsInput,
  LeakyRelu: sameAsInput,
  Sigmoid: sameAsInput,
  Tanh: sameAsInput,
  Exp: sameAsInput,
  Log: sameAsInput,
  Sqrt: sameAsInput,
  Reciprocal: sameAsInput,
  Abs: sameAsInput,
  Neg: sameAsInput,
  Sign: sameAsInput,
  Clip: sameAsInput,
  Not: sameAsInput,
  Softmax: sameAsInput,
  LogSoftmax: sameAsInput,
  ScatterElements: sameAsInput,
  Cast: cast,
  Add: broadcasting,
  Sub: broadcasting,
  Mul: broadcasting,
  Div: broadcasting,
  Pow: broadcasting,
  Max: broadcasting,
  Min: broadcasting,
  Equal: comparing,
  Less: comparing,
  LessOrEqual: comparing,
  Greater: comparing,
  GreaterOrEqual: comparing,
  And: comparing,
  Where: where,
  MatMul: matMul,
  Gemm: gemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
  ReduceMean: reduce,
  ReduceSum: reduce,
  ReduceMax: reduce,
  ArgMax: argMax,
  Reshape: layout.reshape,
  Flatten: layout.flatten,
  Transpose: layout.transpose,
  Squeeze: layout.squeeze,
  Unsqueeze: layout.unsqueeze,
  Concat: layout.concat,
  Slice: layout.slice,
  Pad: layout.pad,
  Expand: layout.expand,
  Gather: layout.gather,
  GatherElements: layout.gatherElements,
  Shape: layout.shapeOf,
  ConstantOfShape: layout.constantOfShape,
};

/**
 * The types and shapes of a node's outputs. Unknown where the operator is not known here, or an input's shape is not.
 *
 * @throws GraphError when the inputs do not fit the operator.
 */
export function inferShapes(node: NodeDraft): readonly OutputType[] {
  const operator = knownOperator(node);
  if (operator === undefined) return [];
  if (node.inputs.some((value) => value !== undefined && value.shape === undefined)) {
    const type = node.inputs[0]?.type ?? 'float32';
    return Array.from({ length: node.outputCount }, () => ({ type, shape: undefined }));
  }
  return rules[operator](node);
}
