import {
  add,
  cast,
  gather,
  greater,
  less,
  mul,
  relu,
  shape,
  where,
} from '../../../src/building/expressions.js';
import type { Value } from '../../../src/graph/value.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { float32, int64 } from '../../../src/tensor.js';
import type { Between, BetweenByName } from './between.js';

const half = (x: Value) => mul(x, 0.5);

/** One of two numbers at each place, as an operator on two comparisons says. */
const choosing =
  (operator: Operator): Between =>
  (x) =>
    where(x.graph.apply(operator, [greater(x, -0.2), less(x, 0.3)]), x, half(x));

const comparing =
  (operator: Operator): Between =>
  (x) =>
    where(x.graph.apply(operator, [x, relu(x)]), x, half(x));

const placed =
  (operator: Operator): Between =>
  (x) => {
    const place = x.graph.apply(operator, [x], { axis: 1, keepdims: 1 });
    return add(x, mul(cast(place, 'float32'), 0.05));
  };

/** Operators through which no gradient passes, beside a way on which it does. */
export const withoutGradient: BetweenByName = {
  Equal: comparing('Equal'),
  Less: comparing('Less'),
  LessOrEqual: comparing('LessOrEqual'),
  Greater: (x) => where(x.graph.apply('Greater', [x, x.graph.constant(float32(0.1))]), x, half(x)),
  GreaterOrEqual: comparing('GreaterOrEqual'),
  And: choosing('And'),
  Or: choosing('Or'),
  Xor: choosing('Xor'),
  Not: (x) => where(x.graph.apply('Not', [greater(x, 0.1)]), x, half(x)),
  IsNaN: (x) => where(x.graph.apply('IsNaN', [x]), half(x), x),
  IsInf: (x) => where(x.graph.apply('IsInf', [x]), half(x), x),
  ArgMax: placed('ArgMax'),
  ArgMin: placed('ArgMin'),
  Shape: (x) => mul(x, mul(cast(gather(shape(x), x.graph.constant(int64([2])), 0), 'float32'), 0.1)),
  Size: (x) => mul(x, mul(cast(x.graph.apply('Size', [x]), 'float32'), 1e-3)),
  ConstantOfShape: (x) =>
    add(x, x.graph.apply('ConstantOfShape', [shape(x)], { value: { tensor: float32([0.1]) } })),
  Range: (x) => {
    const [start, end, step] = [0, x.knownShape[3] as number, 1].map((value) =>
      x.graph.constant(float32(value)),
    );
    return mul(x, add(mul(x.graph.apply('Range', [start, end, step]), 0.05), 0.5));
  },
};
