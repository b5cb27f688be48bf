import {
  cast,
  div,
  equal,
  exp,
  expand,
  mul,
  reduceProduct as productOf,
  shape,
  sign,
  sub,
  sum,
  unsqueeze,
  where,
} from '../building/expressions.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { reductionAxes } from '../shapes/reductions.js';
import { type GradientContext, type GradientRule, required } from './rule.js';
import { elementCountAlong } from './sizes.js';

/** The axes of a reduction, which must be known before the graph runs. */
function axesOf({ node }: GradientContext): number[] {
  const axes = reductionAxes(node);
  if (axes !== undefined) return axes;
  throw new UnsupportedOperatorError(
    node.operator,
    node.name,
    'its axes must be known before the graph runs.',
  );
}

/** A reduction's output, or its gradient, with the reduced axes put back at size 1. */
function keepingAxes(context: GradientContext, value: Value): Value {
  const axes = axesOf(context);
  return readInt(context.node.attributes, 'keepdims', 1) === 1 || axes.length === 0
    ? value
    : unsqueeze(value, axes);
}

export const reduceSum: GradientRule = (context) => {
  const x = required(context, 0);
  return [expand(keepingAxes(context, context.dy), shape(x))];
};

/** A reduction whose gradient is `dy`, with the reduced axes put back, times something that the input tells. */
function fromInput(factor: (x: Value, dy: Value) => Value): GradientRule {
  return (context) => [factor(required(context, 0), keepingAxes(context, context.dy))];
}

/** The same with the output, its axes put back too. */
function fromOutput(factor: (x: Value, y: Value, dy: Value) => Value): GradientRule {
  return (context) => {
    const y = keepingAxes(context, context.outputs[0] as Value);
    return fromInput((x, dy) => factor(x, y, dy))(context);
  };
}

export const reduceL1 = fromInput((x, dy) => mul(dy, sign(x)));
/** Flat at 0, as in PyTorch. */
export const reduceL2 = fromOutput((x, y, dy) => mul(x, where(equal(y, 0), 0, div(dy, y))));
export const reduceSumSquare = fromInput((x, dy) => mul(x, mul(dy, 2)));
export const reduceLogSum = fromOutput((x, y, dy) => expand(div(dy, exp(y)), shape(x)));
export const reduceLogSumExp = fromOutput((x, y, dy) => mul(dy, exp(sub(x, y))));

export const reduceMean: GradientRule = (context) => {
  const x = required(context, 0);
  const count = elementCountAlong(x, axesOf(context));
  return [expand(div(keepingAxes(context, context.dy), count), shape(x))];
};

/** Elements that attain the maximum (or minimum) share the gradient equally (as PyTorch's `amax`). */
export const reduceExtremum: GradientRule = (context) => {
  const x = required(context, 0);
  const attained = cast(equal(x, keepingAxes(context, context.outputs[0] as Value)), x.type);
  const share = div(keepingAxes(context, context.dy), sum(attained, axesOf(context)));
  return [mul(attained, share)];
};

/** Each element's gradient is the product of the others; where one is 0, the others have none. */
export const reduceProduct: GradientRule = (context) => {
  const x = required(context, 0);
  const axes = axesOf(context);
  const isZero = equal(x, 0);
  const zeros = sum(cast(isZero, x.type), axes);
  const product = productOf(where(isZero, 1, x), axes);
  const others = where(
    isZero,
    where(equal(zeros, 1), product, 0),
    where(equal(zeros, 0), div(product, x), 0),
  );
  return [mul(keepingAxes(context, context.dy), others)];
};
