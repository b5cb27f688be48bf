import { isOperator, type Operator } from '../operators.js';
import { broadcasting, cast, comparing, where } from './elementwise.js';
import * as layout from './layout.js';
import { gemm, matMul } from './products.js';
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
  if (node.domain === 'com.microsoft' && node.operator === 'FusedMatMul') return fusedMatMul(node);
  if (!isOperator(node.operator, node.domain)) return [];
  if (node.inputs.some((value) => value !== undefined && value.shape === undefined)) {
    const type = node.inputs[0]?.type ?? 'float32';
    return Array.from({ length: node.outputCount }, () => ({ type, shape: undefined }));
  }
  return rules[node.operator](node);
}

/** ONNX Runtime's matrix product with either operand's last two axes exchanged. */
function fusedMatMul(node: NodeDraft): readonly OutputType[] {
  const exchanged = (position: number, attribute: string) => {
    const value = input(node, position);
    const shape = value.knownShape;
    if (node.attributes[attribute] !== 1) return shape;
    return [...shape.slice(0, -2), ...shape.slice(-2).reverse()];
  };
  const a = exchanged(0, 'transA');
  const b = exchanged(1, 'transB');
  return [{ type: input(node, 0).type, shape: [...a.slice(0, -1), ...b.slice(-1)] }];
}
