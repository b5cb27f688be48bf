import { add, maximum, mul, relu, sigmoid, square, tanh, where } from '../../../src/building/expressions.js';
import { float } from '../../../src/graph/attributes.js';
import type { Value } from '../../../src/graph/value.js';
import { gelu, mish } from '../../../src/onnx/newer-operators.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { float32 } from '../../../src/tensor.js';
import { applied, type Between, type BetweenByName, numbers, sizesOf } from './between.js';

const above = (x: Value) => add(square(tanh(x)), 0.5);
const one = (x: Value, value: number) => x.graph.constant(float32(value));
const drafted = (operator: string, x: Value) => ({ operator, inputs: [x], attributes: {}, outputs: ['y'] });
const within = (x: Value) => mul(tanh(x), 0.8);
const behind =
  (operator: Operator, before: (x: Value) => Value): Between =>
  (x) =>
    x.graph.apply(operator, [before(x)]);

/** Operators that take more than maps, or not all numbers, and activations that networks write in several operators. */
export const elementwise: BetweenByName = {
  Cast: (x) => x.graph.apply('Cast', [x.graph.apply('Cast', [x], { to: 11 })], { to: 1 }),
  Exp: behind('Exp', (x) => mul(x, 0.2)),
  Log: behind('Log', above),
  Sqrt: behind('Sqrt', above),
  Reciprocal: behind('Reciprocal', above),
  Tan: behind('Tan', within),
  Asin: behind('Asin', within),
  Acos: behind('Acos', within),
  Sinh: behind('Sinh', within),
  Cosh: behind('Cosh', within),
  Acosh: behind('Acosh', (x) => add(above(x), 1)),
  Atanh: behind('Atanh', within),
  LpNormalization: applied('LpNormalization', { axis: 1 }),
  // Along another axis a bias would change nothing, and its gradient would be rounding.
  Softmax: applied('Softmax', { axis: 1 }),
  LogSoftmax: applied('LogSoftmax', { axis: 1 }),
  LRN: applied('LRN', { size: 3, alpha: float(0.1) }),
  PRelu: (x) => {
    const [channels] = sizesOf(x);
    const slopes = float32(new Float32Array(channels).fill(0.2), [channels, 1, 1]);
    return x.graph.apply('PRelu', [x, x.graph.constant(slopes)]);
  },
  Clip: (x) => x.graph.apply('Clip', [x, one(x, -0.3), one(x, 0.6)]),
  'Clip, one bound': (x) => x.graph.apply('Clip', [x, undefined, one(x, 0.3)]),
  'Clip, a bound that is computed': (x) => {
    const largest = x.graph.apply('ReduceMax', [x], { axes: [0, 1, 2, 3], keepdims: 0 });
    return x.graph.apply('Clip', [x, add(mul(largest, 0.5), -1)]);
  },
  Dropout: applied('Dropout'),
  Mod: (x) => x.graph.apply('Mod', [within(x), one(x, 1.3)], { fmod: 1 }),
  Pow: (x) => x.graph.apply('Pow', [above(x), one(x, 1.5)]),
  Max: (x) => maximum(x, mul(x, 0.1)),
  Min: (x) => x.graph.apply('Min', [x, one(x, 0.2)]),
  Sum: (x) => x.graph.apply('Sum', [x, x]),
  Mean: (x) => x.graph.apply('Mean', [x, x]),
  Add: (x) => add(x, relu(x)),
  'Add, a number a channel': (x) => add(x, numbers(x.graph, [sizesOf(x)[0], 1, 1])),
  Sub: (x) => x.graph.apply('Sub', [x, sigmoid(x)]),
  Mul: (x) => mul(x, tanh(x)),
  'Mul, a number a channel': (x) => mul(x, numbers(x.graph, [sizesOf(x)[0], 1, 1])),
  Div: (x) => x.graph.apply('Div', [x, above(x)]),
  Where: (x) => where(x.graph.apply('Greater', [x, one(x, 0.1)]), x, mul(x, 0.3)),
  'Hardswish, as PyTorch exports it': (x) =>
    mul(x, x.graph.apply('HardSigmoid', [x], { alpha: float(1 / 6) })),
  'SiLU, in two operators': (x) => mul(x, sigmoid(x)),
  'GELU, by the error function': (x) => x.graph.apply('Mul', gelu(drafted('Gelu', x), 20).inputs),
  'Mish, in three operators': (x) => x.graph.apply('Mul', mish(drafted('Mish', x), 18).inputs),
};
