import { add, mul, sub } from '../../building/expressions.js';
import type { Value } from '../../graph/value.js';

/** `1 - y^2`, the slope of a hyperbolic tangent. */
export function slopeOfTanh(y: Value): Value {
  return sub(1, mul(y, y));
}

/** `y (1 - y)`, the slope of a logistic function. */
export function slopeOfSigmoid(y: Value): Value {
  return mul(y, sub(1, y));
}

/** A value times factors, some of which may be absent. */
export function times(value: Value, ...factors: readonly (Value | undefined)[]): Value {
  return factors.reduce<Value>((a, b) => (b ? mul(a, b) : a), value);
}

/** What carries a state over the steps that a sequence does not have: `x` where there are steps, 1 where not. */
export function keptBeyond(x: Value, present: Value | undefined): Value {
  return present ? add(mul(x, present), sub(1, present)) : x;
}
