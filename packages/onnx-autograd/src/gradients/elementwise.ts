import {
  add,
  cast,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  indicator,
  less,
  lessOrEqual,
  log,
  mul,
  neg,
  pow,
  sign,
  sin,
  sqrt,
  square,
  sub,
  where,
} from '../building/expressions.js';
import { readFloat } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { type GradientRule, required, scaledBy } from './rule.js';

// One input.

export const identity: GradientRule = ({ dy }) => [dy];
export const relu = scaledBy((_, y, dy) => mul(dy, indicator(y)));
export const sigmoid = scaledBy((_, y, dy) => mul(dy, mul(y, sub(1, y))));
export const tanh = scaledBy((_, y, dy) => mul(dy, sub(1, square(y))));
export const exponential = scaledBy((_, y, dy) => mul(dy, y));
export const logarithm = scaledBy((x, _, dy) => div(dy, x));
/** Infinite at 0, as in PyTorch: where x can be 0, add a small number before taking the root. */
export const squareRoot = scaledBy((_, y, dy) => div(mul(dy, 0.5), y));
export const reciprocal = scaledBy((_, y, dy) => neg(mul(dy, square(y))));
export const absolute = scaledBy((x, _, dy) => mul(dy, sign(x)));
export const negation = scaledBy((_, __, dy) => neg(dy));

export const sine = scaledBy((x, _, dy) => mul(dy, cos(x)));
export const cosine = scaledBy((x, _, dy) => neg(mul(dy, sin(x))));
export const tangent = scaledBy((_, y, dy) => mul(dy, add(square(y), 1)));
export const arcSine = scaledBy((x, _, dy) => div(dy, sqrt(sub(1, square(x)))));
export const arcCosine = scaledBy((x, _, dy) => neg(div(dy, sqrt(sub(1, square(x))))));
export const arcTangent = scaledBy((x, _, dy) => div(dy, add(square(x), 1)));
export const hyperbolicSine = scaledBy((x, _, dy) => mul(dy, x.graph.apply('Cosh', [x])));
export const hyperbolicCosine = scaledBy((x, _, dy) => mul(dy, x.graph.apply('Sinh', [x])));
export const areaSine = scaledBy((x, _, dy) => div(dy, sqrt(add(square(x), 1))));
export const areaCosine = scaledBy((x, _, dy) => div(dy, sqrt(sub(square(x), 1))));
export const areaTangent = scaledBy((x, _, dy) => div(dy, sub(1, square(x))));
/** The density of the normal distribution of variance 1/2, twice. */
export const errorFunction = scaledBy((x, _, dy) =>
  mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
);

export const leakyRelu: GradientRule = (context) => {
  const alpha = readFloat(context.node.attributes, 'alpha', 0.01);
  return [where(lessOrEqual(required(context, 0), 0), mul(context.dy, alpha), context.dy)];
};

/**
 * The gradient passes where the input lies within the bounds, bounds included; elsewhere it goes to the bound that is
 * taken, the upper one where the two have changed places (as in PyTorch).
 */
export const clip: GradientRule = (context) => {
  const x = required(context, 0);
  const { dy, wants } = context;
  const [, low, high] = context.inputs;
  const toInput = () => {
    const above = low ? where(greaterOrEqual(x, low), dy, 0) : dy;
    return high ? where(lessOrEqual(x, high), above, 0) : above;
  };
  const toLow = (bound: Value) => {
    const below = where(less(x, bound), dy, 0);
    return high ? where(less(bound, high), below, 0) : below;
  };
  const toHigh = (bound: Value) => {
    const above = where(greater(x, bound), dy, 0);
    return low ? where(less(bound, low), dy, above) : above;
  };
  return [
    wants(0) ? toInput() : undefined,
    low && wants(1) ? toLow(low) : undefined,
    high && wants(2) ? toHigh(high) : undefined,
  ];
};

export const castBack: GradientRule = (context) => [cast(context.dy, required(context, 0).type)];

// Two and more inputs; the walker undoes broadcasting.

export const addition: GradientRule = ({ dy }) => [dy, dy];
export const subtraction: GradientRule = ({ dy, wants }) => [dy, wants(1) ? neg(dy) : undefined];

export const total: GradientRule = ({ dy, inputs }) => inputs.map(() => dy);
export const average: GradientRule = ({ dy, inputs }) => {
  const share = mul(dy, 1 / inputs.length);
  return inputs.map(() => share);
};

export const multiplication: GradientRule = (context) => {
  const [a, b] = [required(context, 0), required(context, 1)];
  return [
    context.wants(0) ? mul(context.dy, b) : undefined,
    context.wants(1) ? mul(context.dy, a) : undefined,
  ];
};

export const division: GradientRule = (context) => {
  const b = required(context, 1);
  const y = context.outputs[0] as Value;
  const toNumerator = div(context.dy, b);
  return [toNumerator, context.wants(1) ? neg(mul(toNumerator, y)) : undefined];
};

/** The rest of a division, `a - n b`: how often `b` goes in, `n`, does not change but where the rest has a jump. */
export const remainder: GradientRule = (context) => {
  const [a, b] = [required(context, 0), required(context, 1)];
  const y = context.outputs[0] as Value;
  const times = () => context.graph.apply('Round', [div(sub(a, y), b)]);
  return [context.dy, context.wants(1) ? neg(mul(context.dy, times())) : undefined];
};

export const power: GradientRule = (context) => {
  const [base, given] = [required(context, 0), required(context, 1)];
  const exponent = given.type === base.type ? given : cast(given, base.type);
  const y = context.outputs[0] as Value;
  // Where the exponent is 0, `0 * base^-1` would be NaN at base 0; where the result is 0, so would `0 * log(0)`.
  const toBase = () => mul(exponent, where(equal(exponent, 0), 0, pow(base, sub(exponent, 1))));
  const toExponent = () => mul(y, where(equal(y, 0), 0, log(base)));
  return [
    context.wants(0) ? mul(context.dy, toBase()) : undefined,
    context.wants(1) ? mul(context.dy, toExponent()) : undefined,
  ];
};

/** Inputs that attain the largest (or smallest) value share the gradient equally (as in PyTorch). */
export const extremum: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  const attained = context.inputs.map((_, i) => cast(equal(required(context, i), y), y.type));
  const count = attained.reduce((total, one) => add(total, one));
  const share = div(context.dy, count);
  return attained.map((one, i) => (context.wants(i) ? mul(share, one) : undefined));
};

export const choice: GradientRule = (context) => {
  const condition = required(context, 0);
  return [
    undefined,
    context.wants(1) ? where(condition, context.dy, 0) : undefined,
    context.wants(2) ? where(condition, 0, context.dy) : undefined,
  ];
};
