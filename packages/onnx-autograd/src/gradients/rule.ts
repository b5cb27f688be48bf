import { cast, shape as shapeOf, sum } from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import type { GradientForms } from '../convolutions/forms.js';
import { GraphError } from '../errors.js';
import { describeShape, type Shape } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';

/** What a gradient rule may look at. */
export interface GradientContext {
  readonly graph: Graph;
  readonly node: Node;
  /** The inputs, absent optional ones as `undefined`. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** The gradient of the loss with respect to the first output. */
  readonly dy: Value;
  /** The gradients with respect to all outputs, `undefined` for those that the loss does not depend on. */
  readonly dys: readonly (Value | undefined)[];
  /** Whether anybody asks for the gradient of this input; a rule need not compute the others. */
  wants(input: number): boolean;
  /** How the gradients of a convolution are to be written. */
  readonly convolutions: GradientForms;
}

/**
 * Says how a gradient passes an operator backward: from the gradient of its output to those of its inputs, in the
 * order of the inputs. A rule may return a gradient that still has the axes along which an input was broadcast: the
 * walker sums over them. It looks at the gradient of the first output only: an operator that makes more floating-point
 * numbers has a {@link ManyOutputsRule}.
 */
export type GradientRule = (context: GradientContext) => readonly (Value | undefined)[];

/** The rule of an operator whose outputs can all have a gradient: `dys`. */
export interface ManyOutputsRule {
  everyOutput(context: Omit<GradientContext, 'dy'>): readonly (Value | undefined)[];
}

/** The operator's outputs do not change smoothly with its inputs: reaching it is an error by name. */
export const noGradient = 'no gradient';

/** The input at a position, which the operator's standard requires to be there. */
export function required(context: Pick<GradientContext, 'inputs' | 'node'>, position: number): Value {
  const value = context.inputs[position];
  if (value === undefined)
    throw new GraphError(
      `${context.node.operator} (node "${context.node.name}"): input ${position} is missing.`,
    );
  return value;
}

/** Zeros in the shape of a value, for what a loss does not depend on. */
export function zerosLike(x: Value): Value {
  const zeros = x.graph.apply('ConstantOfShape', [shapeOf(x)]);
  return x.type === 'float32' ? zeros : cast(zeros, x.type);
}

/** What a layer's inputs are, in their order. A profile shows the time of each one's gradient. */
const layerInputs = ['input', 'filter', 'bias'] as const;

/** The gradient of a layer's input, filter (or matrix) or bias when it is wanted; its nodes are named after it. */
export function gradientOf(
  { graph, wants }: Pick<GradientContext, 'graph' | 'wants'>,
  input: (typeof layerInputs)[number],
  make: () => Value,
): Value | undefined {
  return wants(layerInputs.indexOf(input)) ? graph.within(input, make) : undefined;
}

/** An operator whose gradient is `dy` times something that its one input and output tell. */
export function scaledBy(factor: (x: Value, y: Value, dy: Value) => Value): GradientRule {
  return (context) => [factor(required(context, 0), context.outputs[0] as Value, context.dy)];
}

/** Sums a gradient over the axes along which the value was broadcast, so that it has the value's own shape. */
export function undoBroadcast(gradient: Value, shape: Shape): Value {
  const given = gradient.knownShape;
  const extra = given.length - shape.length;
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const summed = extra > 0 ? sum(gradient, leading, false) : gradient;
  const axes = shape.flatMap((size, axis) => (size === 1 && summed.knownShape[axis] !== 1 ? [axis] : []));
  const result = axes.length > 0 ? sum(summed, axes) : summed;
  const differs = shape.some((size, axis) => typeof size === 'number' && result.knownShape[axis] !== size);
  if (differs && result.knownShape.every((size) => typeof size === 'number')) {
    throw new GraphError(
      `A gradient of shape ${describeShape(given)} does not fit a value of shape ${describeShape(shape)}.`,
    );
  }
  return result;
}
