import { float } from '../../../src/graph/attributes.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { float32, int64, type Tensor } from '../../../src/tensor.js';
import { type DrawnInput, distinct, type Row, uniform } from '../row.js';

function unary(operator: Operator, low: number, high: number, kinks: readonly number[] = []): Row {
  const inputs = [uniform([3, 4], low, high, kinks)];
  return { operator, name: `from ${low} to ${high}`, inputs, batched: [0] };
}

/** Every way in which two shapes broadcast. */
const pairs: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['equal shapes', [2, 3, 2, 2], [2, 3, 2, 2]],
  ['a scalar on the right', [2, 3, 4], []],
  ['a scalar on the left', [], [2, 3]],
  ['a value a channel', [2, 3, 2, 2], [1, 3, 1, 1]],
  ['a value a channel on the left', [1, 3, 1, 1], [2, 3, 2, 2]],
  ['leading axes missing', [2, 3, 4], [4]],
  ['leading axes missing, and one stretched', [2, 3, 4], [3, 1]],
  ['both stretched', [2, 1, 3], [1, 4, 1]],
  ['both stretched, ranks differ', [4, 1], [2, 1, 3]],
  ['axes of size one in both', [1, 3], [1, 1, 1]],
];

type Draw = (dims: readonly number[]) => DrawnInput;
const anything: Draw = (dims) => uniform(dims);
const awayFromZero: Draw = (dims) => uniform(dims, -2, 2, [0, 0.1, -0.1, 0.2, -0.2]);
const positive: Draw = (dims) => uniform(dims, 0.5, 2);

function binary(operator: Operator, left: Draw, right: Draw): Row[] {
  return pairs.map(([name, a, b]) => ({
    operator,
    name,
    inputs: [left(a), right(b)],
    batched: [a, b].flatMap((dims, i) =>
      dims.length === Math.max(a.length, b.length) && dims[0] === 2 ? [i] : [],
    ),
  }));
}

const condition = (dims: readonly number[], ...bits: number[]): Tensor => ({
  type: 'bool',
  dims,
  data: Uint8Array.from(bits),
});

/** For what has no kernel in double precision. */
const single = { precision: 'float32', step: 1 / 64, tolerance: 1e-3 } as const;

export const elementwiseRows: readonly Row[] = [
  unary('Identity', -1, 1),
  unary('Relu', -1, 1, [0]),
  { ...unary('LeakyRelu', -1, 1, [0]), precision: 'float32', step: 1 / 16 },
  {
    ...unary('LeakyRelu', -1, 1, [0]),
    name: 'alpha 0.3',
    attributes: { alpha: float(0.3) },
    precision: 'float32',
    step: 1 / 16,
  },
  unary('Sigmoid', -4, 4),
  unary('Tanh', -3, 3),
  unary('Exp', -2, 2),
  unary('Log', 0.2, 3),
  unary('Sqrt', 0.2, 3),
  unary('Reciprocal', -3, 3, [0, 0.15, -0.15]),
  unary('Abs', -1, 1, [0]),
  unary('Neg', -1, 1),
  unary('Sin', -4, 4),
  unary('Cos', -4, 4),
  ...(['Asin', 'Acos', 'Atanh', 'Tan'] as const).map((operator) => ({
    ...unary(operator, -0.7, 0.7),
    ...single,
  })),
  ...(['Atan', 'Sinh', 'Cosh', 'Asinh'] as const).map((operator) => ({
    ...unary(operator, -2, 2),
    ...single,
  })),
  { ...unary('Acosh', 1.5, 3), ...single },
  { ...unary('Erf', -2, 2), ...single },
  {
    ...unary('Clip', -1, 1, [-0.5, 0.5]),
    name: 'both bounds',
    inputs: [uniform([3, 4], -1, 1, [-0.5, 0.5]), float32(-0.5), float32(0.5)],
  },
  { ...unary('Clip', -1, 1), name: 'below only', inputs: [uniform([3, 4], -1, 1, [-0.2]), float32(-0.2)] },
  {
    ...unary('Clip', -1, 1),
    name: 'above only',
    inputs: [uniform([3, 4], -1, 1, [0.2]), undefined, float32(0.2)],
  },
  { ...unary('Clip', -1, 1), name: 'no bounds' },
  {
    operator: 'Clip',
    name: 'bounds that are computed',
    inputs: [uniform([3, 4], -1, 1, [-0.5, 0.5]), uniform([], -0.55, -0.45), uniform([], 0.45, 0.55)],
    batched: [0],
  },
  {
    operator: 'Clip',
    name: 'a lower bound that is computed',
    inputs: [uniform([3, 4], -1, 1, [-0.2]), uniform([], -0.25, -0.15)],
    batched: [0],
  },
  {
    operator: 'Clip',
    name: 'bounds that have changed places',
    inputs: [uniform([3, 4]), uniform([], 0.3, 0.4), uniform([], -0.4, -0.3)],
    differentiated: [2],
    batched: [0],
  },
  { ...unary('Cast', -1, 1), name: 'to the same type', attributes: { to: 1 }, precision: 'float32' },
  { ...unary('Cast', -1, 1), name: 'to double', attributes: { to: 11 } },

  ...binary('Add', anything, anything),
  ...binary('Sub', anything, anything),
  ...binary('Mul', anything, anything),
  ...binary('Div', anything, awayFromZero),
  ...binary('Pow', positive, awayFromZero),
  {
    operator: 'Pow',
    name: 'square of negative numbers',
    inputs: [uniform([2, 3]), float32(2)],
    batched: [0],
  },
  { operator: 'Pow', name: 'whole exponent', inputs: [uniform([2, 3], -2, 2, [0]), int64(3)], batched: [0] },
  {
    operator: 'Pow',
    name: 'whole exponents, one each',
    inputs: [uniform([2, 3], 0.5, 2), int64([-1, 0, 2])],
  },
  { operator: 'Pow', name: 'constant base', inputs: [float32(3), uniform([2, 3])] },

  // Twice goes in, wherever the numbers move to.
  ...(['above', 'below'] as const).map(
    (side): Row => ({
      operator: 'Mod',
      name: `broadcast, ${side} 0`,
      inputs: [
        side === 'above' ? uniform([2, 3, 2], 5.2, 5.7) : uniform([2, 3, 2], -5.7, -5.2),
        uniform([3, 1], 2.1, 2.5),
      ],
      attributes: { fmod: 1 },
      batched: [0],
    }),
  ),

  ...(['Sum', 'Mean'] as const).flatMap((operator): Row[] => [
    { operator, name: 'one input', inputs: [uniform([2, 3])], batched: [0], precision: 'float32' },
    {
      operator,
      name: 'three inputs, broadcast',
      inputs: [uniform([2, 3]), uniform([1, 3]), uniform([])],
      batched: [0],
      precision: 'float32',
    },
  ]),

  ...(['Max', 'Min'] as const).flatMap((operator): Row[] => [
    { operator, name: 'one input', inputs: [distinct([2, 3])] },
    // One draw serves both inputs: they lie on grids that never meet.
    { operator, name: 'two inputs', inputs: [distinct([2, 3]), shifted([2, 3])], batched: [0, 1] },
    { operator, name: 'broadcast', inputs: [distinct([2, 3, 2]), shifted([3, 1])], batched: [0] },
    { operator, name: 'with a constant', inputs: [distinct([4, 3]), float32(0.02)], batched: [0] },
    {
      operator,
      name: 'three inputs',
      inputs: [distinct([2, 4]), shifted([2, 4]), float32([0.021, -0.12, 0.031, -0.01])],
      batched: [0, 1],
    },
  ]),

  {
    operator: 'Where',
    name: 'equal shapes',
    inputs: [condition([2, 3], 1, 0, 0, 1, 1, 0), uniform([2, 3]), uniform([2, 3])],
  },
  {
    operator: 'Where',
    name: 'a condition a column',
    inputs: [condition([3], 1, 0, 1), uniform([2, 3]), uniform([2, 3])],
    batched: [1, 2],
  },
  {
    operator: 'Where',
    name: 'broadcast choices',
    inputs: [condition([2, 1], 1, 0), uniform([3]), uniform([2, 3])],
  },
  {
    operator: 'Where',
    name: 'scalars',
    inputs: [condition([2, 3], 1, 0, 0, 1, 0, 0), uniform([]), uniform([])],
  },
];

/** Numbers half a grid step from those of `distinct`. */
function shifted(dims: readonly number[]): DrawnInput {
  const grid = distinct(dims);
  return { dims, draw: (count, random) => grid.draw(count, random).map((value) => value + 0.025) };
}
