import { GraphError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { factsOf, knownOperator, type Operator } from '../operators/catalogue.js';
import { einsum } from './einsum.js';
import { broadcasting, cast, comparing, where } from './elementwise.js';
import { frozenRules } from './frozen.js';
import { gatherND, topK } from './indexing.js';
import * as layout from './layout.js';
import { fusedMatMul, gemm, matMul } from './products.js';
import { recurrent } from './recurrent.js';
import { argMax, reduce } from './reductions.js';
import * as resampling from './resampling.js';
import { input, type NodeDraft, type OutputType, type ShapeRule, sameAsInput } from './rule.js';
import * as spectra from './spectra.js';
import { outputTypes } from './types.js';
import * as windows from './windows.js';

const batchNormalization: ShapeRule = (node) => [
  ...sameAsInput(node),
  { type: input(node, 3).type, shape: input(node, 3).shape },
  { type: input(node, 4).type, shape: input(node, 4).shape },
];

/** The second and third output have one number for each place that is normalised: its mean and inverse deviation. */
const layerNormalization: ShapeRule = (node) => {
  const x = input(node, 0).knownShape;
  const axis = normaliseAxis(readInt(node.attributes, 'axis', -1), x.length, 'LayerNormalization');
  const statistic = { type: 'float32', shape: x.map((size, i) => (i < axis ? size : 1)) } as const;
  return [...sameAsInput(node), statistic, statistic];
};

const dropout: ShapeRule = (node) => [...sameAsInput(node), { type: 'bool', shape: input(node, 0).shape }];

const rules: Readonly<Record<Operator, ShapeRule>> = {
  Conv: windows.conv,
  ConvTranspose: windows.convTranspose,
  MaxPool: windows.pool,
  MaxUnpool: windows.maxUnpool,
  AveragePool: windows.pool,
  GlobalAveragePool: windows.globalPool,
  GlobalMaxPool: windows.globalPool,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: sameAsInput,
  LRN: sameAsInput,
  Dropout: dropout,
  Identity: sameAsInput,
  Relu: sameAsInput,
  LeakyRelu: sameAsInput,
  PRelu: sameAsInput,
  ThresholdedRelu: sameAsInput,
  Elu: sameAsInput,
  Selu: sameAsInput,
  Celu: sameAsInput,
  Softplus: sameAsInput,
  Softsign: sameAsInput,
  HardSigmoid: sameAsInput,
  HardSwish: sameAsInput,
  Sigmoid: sameAsInput,
  Tanh: sameAsInput,
  Exp: sameAsInput,
  Log: sameAsInput,
  Sqrt: sameAsInput,
  Reciprocal: sameAsInput,
  Abs: sameAsInput,
  Neg: sameAsInput,
  Sign: sameAsInput,
  Floor: sameAsInput,
  Ceil: sameAsInput,
  Round: sameAsInput,
  Sin: sameAsInput,
  Cos: sameAsInput,
  Tan: sameAsInput,
  Asin: sameAsInput,
  Acos: sameAsInput,
  Atan: sameAsInput,
  Sinh: sameAsInput,
  Cosh: sameAsInput,
  Asinh: sameAsInput,
  Acosh: sameAsInput,
  Atanh: sameAsInput,
  Erf: sameAsInput,
  LpNormalization: sameAsInput,
  CumSum: sameAsInput,
  ReverseSequence: sameAsInput,
  Trilu: sameAsInput,
  ScatterND: sameAsInput,
  Clip: sameAsInput,
  Not: sameAsInput,
  IsNaN: comparing,
  IsInf: comparing,
  Softmax: sameAsInput,
  LogSoftmax: sameAsInput,
  ScatterElements: sameAsInput,
  Cast: cast,
  Add: broadcasting,
  Sub: broadcasting,
  Mul: broadcasting,
  Div: broadcasting,
  Pow: broadcasting,
  Mod: broadcasting,
  Max: broadcasting,
  Min: broadcasting,
  Sum: broadcasting,
  Mean: broadcasting,
  Equal: comparing,
  Less: comparing,
  LessOrEqual: comparing,
  Greater: comparing,
  GreaterOrEqual: comparing,
  And: comparing,
  Or: comparing,
  Xor: comparing,
  Where: where,
  MatMul: matMul,
  Gemm: gemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
  Einsum: einsum,
  RNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  ReduceMean: reduce,
  ReduceSum: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceSumSquare: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  TopK: topK,
  ArgMax: argMax,
  ArgMin: argMax,
  Reshape: layout.reshape,
  Flatten: layout.flatten,
  Transpose: layout.transpose,
  Squeeze: layout.squeeze,
  Unsqueeze: layout.unsqueeze,
  Concat: layout.concat,
  Split: layout.split,
  Slice: layout.slice,
  Pad: layout.pad,
  Expand: layout.expand,
  Tile: resampling.tile,
  Gather: layout.gather,
  GatherElements: layout.gatherElements,
  GatherND: gatherND,
  DepthToSpace: resampling.depthToSpace,
  SpaceToDepth: resampling.spaceToDepth,
  Resize: resampling.resize,
  DFT: spectra.fourier,
  STFT: spectra.shortTimeFourier,
  MelWeightMatrix: spectra.melWeights,
  HannWindow: spectra.taper,
  HammingWindow: spectra.taper,
  BlackmanWindow: spectra.taper,
  Shape: layout.shapeOf,
  Size: layout.sizeOf,
  ConstantOfShape: layout.constantOfShape,
  Range: layout.range,
  NonZero: layout.nonZero,
};

/**
 * The types and shapes of a node's outputs. Nothing where the operator is not known here; the types alone where an
 * input's shape is not.
 *
 * @throws GraphError when the inputs do not fit the operator.
 */
export function inferShapes(node: NodeDraft): readonly OutputType[] {
  const operator = knownOperator(node);
  if (operator === undefined) {
    const rule = node.domain === '' || node.domain === 'ai.onnx' ? frozenRules.get(node.operator) : undefined;
    const isKnown = node.inputs.every((value) => value === undefined || value.shape !== undefined);
    return rule !== undefined && isKnown ? rule(node) : [];
  }
  checkPresent(operator, node);
  if (node.inputs.some((value) => value !== undefined && value.shape === undefined)) {
    return outputTypes(operator, node).map((type) => ({ type, shape: undefined }));
  }
  return rules[operator](node);
}

/** Rules count on it that the inputs and attributes are there that the standard asks for. */
function checkPresent(operator: Operator, node: NodeDraft): void {
  const { inputs, required } = factsOf(operator);
  for (const [i, { count }] of inputs.entries()) if (count !== 'optional') input(node, i);
  for (const name of required) {
    if (node.attributes[name] === undefined) {
      throw new GraphError(`${node.operator} (node "${node.name}"): the attribute "${name}" is missing.`);
    }
  }
}
