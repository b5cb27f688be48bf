import type { ElementType } from '../tensor.js';
import type { Operator } from './catalogue.js';

/**
 * What each operator takes and makes in opset 17, as the ONNX standard says: the types of its inputs, of its outputs, and
 * its attributes. A capital letter is a set of types; where it stands twice, the types are the same (`A2` is another one
 * of `A`). `?` is optional, `...` is one or more, `!` an attribute that must be there.
 *
 * @see https://onnx.ai/onnx/operators/
 */
const texts: Readonly<Record<Operator, string>> = {
  Conv: 'F F F? -> F; auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints',
  ConvTranspose:
    'F F F? -> F; auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints',
  MaxPool:
    'P -> P int64?; auto_pad:string ceil_mode:int dilations:ints kernel_shape!:ints pads:ints storage_order:int strides:ints',
  MaxUnpool: 'F int64 int64? -> F; kernel_shape!:ints pads:ints strides:ints',
  AveragePool:
    'F -> F; auto_pad:string ceil_mode:int count_include_pad:int kernel_shape!:ints pads:ints strides:ints',
  GlobalAveragePool: 'F -> F',
  GlobalMaxPool: 'F -> F',
  BatchNormalization: 'F F2 F2 F3 F3 -> F F3? F3?; epsilon:float momentum:float training_mode:int',
  LayerNormalization: 'F F F? -> F float32? float32?; axis:int epsilon:float stash_type:int',
  InstanceNormalization: 'F F F -> F; epsilon:float',
  LRN: 'F -> F; alpha:float beta:float bias:float size!:int',
  Dropout: 'F F2? bool? -> F bool?; seed:int',
  Identity: 'A -> A',
  Relu: 'S -> S',
  LeakyRelu: 'F -> F; alpha:float',
  PRelu: 'W W -> W',
  ThresholdedRelu: 'F -> F; alpha:float',
  Elu: 'F -> F; alpha:float',
  Selu: 'F -> F; alpha:float gamma:float',
  Celu: 'float32 -> float32; alpha:float',
  Softplus: 'F -> F',
  Softsign: 'F -> F',
  HardSigmoid: 'F -> F; alpha:float beta:float',
  HardSwish: 'F -> F',
  Sigmoid: 'F -> F',
  Tanh: 'F -> F',
  Exp: 'F -> F',
  Log: 'F -> F',
  Sqrt: 'F -> F',
  Reciprocal: 'F -> F',
  Abs: 'N -> N',
  Neg: 'S -> S',
  Sign: 'N -> N',
  Floor: 'F -> F',
  Ceil: 'F -> F',
  Round: 'F -> F',
  Sin: 'F -> F',
  Cos: 'F -> F',
  Erf: 'N -> N',
  Clip: 'N N? N? -> N',
  Cast: 'A -> A2; to!:int',
  Not: 'bool -> bool',
  Add: 'N N -> N',
  Sub: 'N N -> N',
  Mul: 'N N -> N',
  Div: 'N N -> N',
  Pow: 'V N -> V',
  Mod: 'N N -> N; fmod:int',
  Max: 'N... -> N',
  Min: 'N... -> N',
  Sum: 'F... -> F',
  Mean: 'F... -> F',
  Equal: 'A A -> bool',
  Less: 'N N -> bool',
  LessOrEqual: 'N N -> bool',
  Greater: 'N N -> bool',
  GreaterOrEqual: 'N N -> bool',
  And: 'bool bool -> bool',
  Or: 'bool bool -> bool',
  Xor: 'bool bool -> bool',
  Where: 'bool A A -> A',
  MatMul: 'W W -> W',
  Gemm: 'W W W? -> W; alpha:float beta:float transA:int transB:int',
  'com.microsoft.FusedMatMul': 'F F -> F; alpha:float transA:int transB:int transBatchA:int transBatchB:int',
  Einsum: 'N... -> N; equation!:string',
  Softmax: 'F -> F; axis:int',
  LogSoftmax: 'F -> F; axis:int',
  ReduceMean: 'W -> W; axes:ints keepdims:int',
  ReduceSum: 'W int64? -> W; keepdims:int noop_with_empty_axes:int',
  ReduceMax: 'E -> E; axes:ints keepdims:int',
  ReduceMin: 'E -> E; axes:ints keepdims:int',
  ReduceProd: 'W -> W; axes:ints keepdims:int',
  ReduceL1: 'W -> W; axes:ints keepdims:int',
  ReduceL2: 'W -> W; axes:ints keepdims:int',
  ReduceSumSquare: 'W -> W; axes:ints keepdims:int',
  ReduceLogSum: 'W -> W; axes:ints keepdims:int',
  ReduceLogSumExp: 'W -> W; axes:ints keepdims:int',
  ArgMax: 'N -> int64; axis:int keepdims:int select_last_index:int',
  ArgMin: 'N -> int64; axis:int keepdims:int select_last_index:int',
  Reshape: 'A int64 -> A; allowzero:int',
  Flatten: 'A -> A; axis:int',
  Transpose: 'A -> A; perm:ints',
  Squeeze: 'A int64? -> A',
  Unsqueeze: 'A int64 -> A',
  Concat: 'A... -> A; axis!:int',
  Split: 'A int64? -> A...; axis:int',
  Slice: 'A I I I? I? -> A',
  Pad: 'A int64 A? -> A; mode:string',
  Expand: 'A int64 -> A',
  Tile: 'A int64 -> A',
  Gather: 'A I -> A; axis:int',
  GatherElements: 'A I -> A; axis:int',
  ScatterElements: 'A I A -> A; axis:int reduction:string',
  DepthToSpace: 'A -> A; blocksize!:int mode:string',
  SpaceToDepth: 'A -> A; blocksize!:int',
  Resize:
    'A F? float32? int64? -> A; coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string',
  Shape: 'A -> int64; end:int start:int',
  Size: 'A -> int64',
  ConstantOfShape: 'int64 -> A; value:tensor',
  Range: 'R R R -> R',
  NonZero: 'A -> int64',
};

const floats: readonly ElementType[] = ['float32', 'float64', 'float16'];
const wide: readonly ElementType[] = [...floats, 'int32', 'int64', 'uint32', 'uint64'];
const numbers: readonly ElementType[] = [...wide, 'int8', 'int16', 'uint8', 'uint16'];

/** The sets of types by their letters. */
export const typeSets: Readonly<Record<string, readonly ElementType[]>> = {
  F: floats,
  W: wide,
  N: numbers,
  A: [...numbers, 'bool'],
  S: [...floats, 'int8', 'int16', 'int32', 'int64'],
  E: [...wide, 'int8', 'uint8'],
  I: ['int32', 'int64'],
  P: [...floats, 'int8', 'uint8'],
  R: ['float32', 'float64', 'int16', 'int32', 'int64'],
  V: [...floats, 'int32', 'int64'],
};

export interface Signature {
  /** Types by their letters or names, with their marks. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The kind of each attribute. */
  readonly attributes: ReadonlyMap<string, AttributeKind>;
  readonly requiredAttributes: readonly string[];
}

type AttributeKind = 'int' | 'ints' | 'float' | 'string' | 'tensor';

function parse(text: string): Signature {
  const [types = '', attributes = ''] = text.split('; ');
  const [inputs = '', outputs = ''] = types.split(' -> ');
  const entries = attributes === '' ? [] : attributes.split(' ').map((one) => one.split(':'));
  return {
    inputs: inputs.split(' '),
    outputs: outputs.split(' '),
    attributes: new Map(entries.map(([name = '', kind]) => [name.replace('!', ''), kind as AttributeKind])),
    requiredAttributes: entries.flatMap(([name = '']) => (name.endsWith('!') ? [name.slice(0, -1)] : [])),
  };
}

export const signatures = Object.fromEntries(
  Object.entries(texts).map(([operator, text]) => [operator, parse(text)]),
) as Readonly<Record<Operator, Signature>>;
