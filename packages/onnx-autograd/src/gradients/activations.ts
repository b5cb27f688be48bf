import {
  abs,
  add,
  cast,
  div,
  exp,
  greater,
  indicator,
  less,
  lessOrEqual,
  mul,
  sigmoid,
  square,
  sub,
  where,
} from '../building/expressions.js';
import { readFloat } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { type GradientRule, required, scaledBy } from './rule.js';

// Where a function has a kink, the slope there is PyTorch's.

export const softplus = scaledBy((x, _, dy) => mul(dy, sigmoid(x)));
export const softsign = scaledBy((_, y, dy) => mul(dy, square(sub(1, abs(y)))));

export const hardSwish = scaledBy((x, _, dy) => {
  const within = mul(dy, add(div(x, 3), 0.5));
  return where(less(x, -3), 0, where(lessOrEqual(x, 3), within, dy));
});

export const hardSigmoid: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  const alpha = readFloat(context.node.attributes, 'alpha', 0.2);
  return [mul(context.dy, mul(indicator(mul(y, sub(1, y))), alpha))];
};

export const thresholdedRelu: GradientRule = (context) => {
  const alpha = readFloat(context.node.attributes, 'alpha', 1);
  return [mul(context.dy, cast(greater(required(context, 0), alpha), context.dy.type))];
};

/** `y = x` above 0 and `alpha (e^x - 1)` below: there the slope is `y + alpha`. */
export const elu: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  const alpha = readFloat(context.node.attributes, 'alpha', 1);
  return [where(greater(required(context, 0), 0), context.dy, mul(context.dy, add(y, alpha)))];
};

/** Elu, times `gamma`. */
export const selu: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  const alpha = readFloat(context.node.attributes, 'alpha', 1.6732632);
  const gamma = readFloat(context.node.attributes, 'gamma', 1.050701);
  const slope = where(greater(required(context, 0), 0), gamma, add(y, alpha * gamma));
  return [mul(context.dy, slope)];
};

/** `y = x` above 0 and `alpha (e^(x / alpha) - 1)` below. */
export const celu: GradientRule = (context) => {
  const x = required(context, 0);
  const alpha = readFloat(context.node.attributes, 'alpha', 1);
  return [where(greater(x, 0), context.dy, mul(context.dy, exp(div(x, alpha))))];
};

export const parametricRelu: GradientRule = (context) => {
  const [x, slope] = [required(context, 0), required(context, 1)];
  const positive = greater(x, 0);
  return [
    context.wants(0) ? where(positive, context.dy, mul(context.dy, slope)) : undefined,
    context.wants(1) ? where(positive, 0, mul(context.dy, x)) : undefined,
  ];
};
