import { knownOperator, type Operator } from './catalogue.js';

/** Operators of which something is true. Typed by the catalogue: a name that is none does not compile. */
export type Trait = ReadonlySet<Operator>;

/** They lay the same numbers out in another shape or order, of the same type. */
const layoutOnly: Trait = new Set<Operator>([
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Identity',
]);

/** What is true of operators, beside their shapes, types and gradients. */
export const traits = {
  layoutOnly,

  /** They pass every number on, at most as another type, in another shape or several times. */
  passesOn: new Set<Operator>([...layoutOnly, 'Cast', 'Expand']),

  /** Each element of the output depends on that of the first input only, by a function that is no straight line. */
  activation: new Set<Operator>([
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
    'Clip',
  ]),

  /** They treat each sample of the first axis by itself, as far as their other inputs have no samples. */
  perSample: new Set<Operator>([
    'Add',
    'AveragePool',
    'BatchNormalization',
    'Clip',
    'Concat',
    'Conv',
    'ConvTranspose',
    'Div',
    'Elu',
    'GlobalAveragePool',
    'GlobalMaxPool',
    'HardSigmoid',
    'HardSwish',
    'InstanceNormalization',
    'LRN',
    'LeakyRelu',
    'MaxPool',
    'Mul',
    'PRelu',
    'Relu',
    'Sigmoid',
    'Softplus',
    'Sub',
    'Tanh',
  ]),

  /** They sum products of numbers: what a network's time is spent on. */
  product: new Set<Operator>(['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'com.microsoft.FusedMatMul']),
} as const satisfies Readonly<Record<string, Trait>>;

/** The positions of the inputs that hold weights when they are initializers. */
export const weightInputs: Readonly<Partial<Record<Operator, readonly number[]>>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  PRelu: [1],
  // A scale a channel.
  Mul: [0, 1],
  // Exporters write the bias of a linear layer as an addition.
  Add: [0, 1],
};

/** Whether something is true of the operator of a node. */
export function hasTrait(
  node: { readonly operator: string; readonly domain: string } | undefined,
  trait: Trait,
): boolean {
  const operator = node && knownOperator(node);
  return operator !== undefined && trait.has(operator);
}
