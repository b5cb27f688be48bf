import { type GradientForms, productForms } from './convolutions/forms.js';
import { GraphError, UnsupportedOperatorError } from './errors.js';
import { add } from './expressions.js';
import { after } from './gradients/after.js';
import { Recomputation } from './gradients/recompute.js';
import {
  type GradientContext,
  type GradientRule,
  type ManyOutputsRule,
  noGradient,
  undoBroadcast,
} from './gradients/rule.js';
import { gradientRules } from './gradients/table.js';
import { partsOf, weightsFirst } from './gradients/weights-first.js';
import type { Graph, Node, Value } from './graph/graph.js';
import { describeShape } from './graph/shape.js';
import { knownOperator } from './operators.js';
import { float32, type Tensor } from './tensor.js';

/** How a graph is differentiated. */
export interface DifferentiateOptions {
  /**
   * Into how many parts the batch is divided for the weights' gradients of the largest convolutions, whose copies of
   * maps are what a step's memory is full of. 1 when absent.
   */
  readonly batchParts?: number;
  /**
   * Checkpointing: keeps few values of the forward pass for the backward pass, and computes the others again. Less memory
   * for at most one more forward pass; the same gradients.
   */
  readonly recompute?: boolean;
  /**
   * How the gradients of convolutions are written; they all have the same value.
   *
   * @internal
   */
  readonly convolutions?: GradientForms;
}

/**
 * Appends to a graph the nodes that compute the gradient of a scalar with respect to some of its values
 * (reverse-mode differentiation). Only what lies between those values and the loss is visited: a frozen part of the
 * graph gets no backward nodes.
 *
 * ```ts
 * const gradients = differentiate(graph, loss, [weight, bias]);
 * graph.output(gradients.get(weight)!);
 * ```
 *
 * @param loss a scalar, shape `()` or of one element.
 * @param parameters inputs, initializers or computed values of the graph.
 * @returns the gradient of each parameter, of the parameter's own shape.
 * @throws UnsupportedOperatorError when an operator on the way has no gradient rule; it names operator and node.
 * @throws GraphError when the loss is no scalar, or does not depend on a parameter.
 */
export function differentiate(
  graph: Graph,
  loss: Value,
  parameters: readonly Value[],
  { recompute = false, batchParts = 1, convolutions = productForms }: DifferentiateOptions = {},
): Map<Value, Value> {
  const dependent = dependents(graph, parameters);
  const depends = (value: Value | undefined) => value !== undefined && dependent.has(value);
  const path = graph.nodes.filter((node) => node.inputs.some(depends) && node.outputs.some(depends));
  const needed = ancestors(loss, path);
  // An operator that is not known leaves the shapes behind it unknown: better named than those.
  const foreign = [...needed].find((node) => knownOperator(node) === undefined);
  if (foreign) ruleFor(foreign);
  if (loss.knownShape.some((size) => size !== 1)) {
    throw new GraphError(`The loss must be a scalar; "${loss.name}" has shape ${describeShape(loss.shape)}.`);
  }
  const gradients = new Map<Value, Value>([[loss, graph.constant(one(loss), 'gradient_of_loss')]]);
  const accumulate = (value: Value, gradient: Value) => {
    const earlier = gradients.get(value);
    gradients.set(value, earlier === undefined ? gradient : add(earlier, gradient));
  };

  const recomputation = recompute
    ? new Recomputation(
        graph,
        path.filter((node) => needed.has(node)),
      )
    : undefined;
  const wanted = new Set(parameters);
  const partsFor = partsOf(path, batchParts);

  for (const node of path.toReversed()) {
    const [first, ...others] = node.outputs;
    const dy = first && gradients.get(first);
    const later = others.find((output) => gradients.has(output));
    if (!needed.has(node) || (dy === undefined && later === undefined)) continue;
    const wants = (position: number) => depends(node.inputs[position]);
    const rule = ruleFor(node);
    const dys = node.outputs.map((output) => gradients.get(output));
    const seen = recomputation?.node(node, (dy ?? later) as Value) ?? node;
    const { inputs, outputs } = seen;
    const context = { graph, node: seen, inputs, outputs, dys, wants, convolutions };
    if (typeof rule === 'function' && later !== undefined) {
      throw new UnsupportedOperatorError(
        node.operator,
        node.name,
        `its output "${later.name}" has no gradient rule.`,
      );
    }
    const apply = (rule: GradientRule | ManyOutputsRule, context: GradientContext) => {
      if (typeof rule !== 'function') return rule.everyOutput(context);
      if (batchParts === 1 || node.operator !== 'Conv') return rule(context);
      return weightsFirst(rule, context, partsFor(node));
    };
    graph.within(`${node.name}/gradient`, () => {
      const found = apply(rule, { ...context, dy: dy as Value });
      const summed = found.map((gradient, position) => {
        const input = node.inputs[position];
        return gradient && input && wants(position) ? undoBroadcast(gradient, input.knownShape) : undefined;
      });
      const own = summed.filter((gradient, i) => gradient && wanted.has(node.inputs[i] as Value)) as Value[];
      for (const [position, input] of node.inputs.entries()) {
        if (input === undefined || !wants(position)) continue;
        const gradient = summed[position];
        if (gradient !== undefined) {
          // With the gradients of its weights a layer is done before the gradient goes on, and need not be kept.
          const late = recomputation !== undefined && node.operator !== 'Conv' && !wanted.has(input);
          accumulate(input, late ? own.reduce(after, gradient) : gradient);
        } else if (input.type.startsWith('float')) {
          throw new UnsupportedOperatorError(
            node.operator,
            node.name,
            `there is no gradient rule for its input ${position} ("${input.name}").`,
          );
        }
      }
    });
  }

  return new Map(
    parameters.map((parameter) => {
      const gradient = gradients.get(parameter);
      if (gradient === undefined) throw whyNone(graph, loss, parameter);
      return [parameter, gradient];
    }),
  );
}

/** 1, with the loss's shape and type. */
function one({ type, knownShape }: Value): Tensor {
  const dims = knownShape as number[];
  return type === 'float64' ? { type, dims, data: Float64Array.of(1) } : float32([1], dims);
}

function ruleFor(node: Node): GradientRule | ManyOutputsRule {
  const operator = knownOperator(node);
  if (operator === undefined) {
    const name = node.domain ? `${node.domain}.${node.operator}` : node.operator;
    throw new UnsupportedOperatorError(name, node.name, 'there is no gradient rule for this operator.');
  }
  const rule = gradientRules[operator];
  if (rule === noGradient) {
    throw new UnsupportedOperatorError(
      node.operator,
      node.name,
      'this operator has no gradient, and the loss depends on a parameter through it.',
    );
  }
  return rule;
}

/** The values that change smoothly when a parameter changes. Whole numbers and truth values do not. */
function dependents(graph: Graph, parameters: readonly Value[]): Set<Value> {
  const found = new Set<Value>(parameters);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input !== undefined && found.has(input))) {
      for (const output of node.outputs) if (output.type.startsWith('float')) found.add(output);
    }
  }
  return found;
}

/** The error for a parameter that no gradient reached: it names the first operator that let none pass, if one did. */
function whyNone(graph: Graph, loss: Value, parameter: Value): GraphError {
  const smooth = dependents(graph, [parameter]);
  const steps = graph.nodes.filter(
    ({ operator, inputs, outputs }) =>
      operator !== 'Shape' &&
      operator !== 'Size' &&
      inputs.some((input) => input && smooth.has(input)) &&
      outputs.some((output) => !smooth.has(output)),
  );
  const needed = ancestors(loss, graph.nodes);
  const stop = steps.find((node) => needed.has(node));
  if (stop === undefined)
    return new GraphError(`The loss "${loss.name}" does not depend on "${parameter.name}".`);
  const type = stop.outputs[0]?.type;
  return new UnsupportedOperatorError(
    stop.operator,
    stop.name,
    `a gradient cannot pass through its ${type} numbers, and on "${parameter.name}" the loss depends through them alone.`,
  );
}

/** The nodes of the path that the loss is computed from. */
function ancestors(loss: Value, path: readonly Node[]): Set<Node> {
  const values = new Set<Value>([loss]);
  const found = new Set<Node>();
  for (const node of [...path].reverse()) {
    if (!node.outputs.some((output) => values.has(output))) continue;
    found.add(node);
    for (const input of node.inputs) if (input) values.add(input);
  }
  return found;
}
