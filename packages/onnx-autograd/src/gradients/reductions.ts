import { cast, div, equal, expand, mul, shape, sum, unsqueeze } from '../expressions.js';
import { readInt } from '../graph/attributes.js';
import type { Value } from '../graph/graph.js';
import { reductionAxes } from '../shapes/reductions.js';
import { type GradientContext, type GradientRule, required } from './rule.js';
import { elementCountAlong } from './sizes.js';

/** A reduction's output, or its gradient, with the reduced axes put back at size 1. */
function keepingAxes(context: GradientContext, value: Value): Value {
  const axes = reductionAxes(context.node);
  return readInt(context.node.attributes, 'keepdims', 1) === 1 || axes.length === 0
    ? value
    : unsqueeze(value, axes);
}

export const reduceSum: GradientRule = (context) => {
  const x = required(context, 0);
  return [expand(keepingAxes(context, context.dy), shape(x))];
};

export const reduceMean: GradientRule = (context) => {
  const x = required(context, 0);
  const count = elementCountAlong(x, reductionAxes(context.node));
  return [expand(div(keepingAxes(context, context.dy), count), shape(x))];
};

/** Elements that attain the maximum share the gradient equally (as PyTorch's `amax`). */
export const reduceMax: GradientRule = (context) => {
  const x = required(context, 0);
  const attained = cast(equal(x, keepingAxes(context, context.outputs[0] as Value)), x.type);
  const share = div(keepingAxes(context, context.dy), sum(attained, reductionAxes(context.node)));
  return [mul(attained, share)];
};
