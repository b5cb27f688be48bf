import { add, mul, sub } from '../../building/expressions.js';
import { UnsupportedOperatorError } from '../../errors.js';
import { readInt, readStrings } from '../../graph/attributes.js';
import type { Value } from '../../graph/value.js';
import type { GradientContext } from '../rule.js';

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

/**
 * The activations of a layer, one direction's; those of both must be the same.
 *
 * @param known the lists that have a gradient, the first of them the default.
 * @throws UnsupportedOperatorError for others, and for what a gradient is not written for.
 */
export function activationsOf(
  { node, inputs }: Pick<GradientContext, 'node' | 'inputs'>,
  known: readonly (readonly string[])[],
): readonly string[] {
  const { attributes, operator, name } = node;
  const refuse = (why: string) => new UnsupportedOperatorError(operator, name, why);
  if (readInt(attributes, 'layout', 0) === 1)
    throw refuse('layout 1 has no gradient, nor a kernel in ONNX Runtime: give it the time first.');
  if (readInt(attributes, 'input_forget', 0) === 1)
    throw refuse('gates of input and forgetting that are coupled (input_forget) have no gradient.');
  if (inputs[7] !== undefined)
    throw refuse('peepholes (input 7, "P") have no gradient; train the layer without them.');
  const [usual = []] = known;
  const given = readStrings(attributes, 'activations')?.map((one) => one.toLowerCase());
  if (given === undefined || given.length === 0) return usual;
  const own = given.slice(0, usual.length);
  const isSame = given.every((one, i) => one === own[i % usual.length]);
  if (!isSame || !known.some((list) => list.join() === own.join())) {
    throw refuse(
      `its activations are ${given.join(', ')}; a gradient is there for ${known.map((list) => list.join(', ')).join('; or ')}.`,
    );
  }
  return own;
}
