import { GraphError, UnsupportedOperatorError } from './errors.js';
import { add } from './expressions.js';
import { type GradientContext, type GradientRule, noGradient, undoBroadcast } from './gradients/rule.js';
import { gradientRules } from './gradients/table.js';
import type { Graph, Node, Value } from './graph/graph.js';
import { describeShape } from './graph/shape.js';
import { knownOperator } from './operators.js';
import { float32, type Tensor } from './tensor.js';

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
export function differentiate(graph: Graph, loss: Value, parameters: readonly Value[]): Map<Value, Value> {
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
  const gradients = new Map<Value, Value>([[loss, graph.initializer(one(loss), 'gradient_of_loss')]]);
  const accumulate = (value: Value, gradient: Value) => {
    const earlier = gradients.get(value);
    gradients.set(value, earlier === undefined ? gradient : add(earlier, gradient));
  };

  for (const node of path.reverse()) {
    const [first, ...others] = node.outputs;
    const dy = first && gradients.get(first);
    for (const output of others) {
      if (needed.has(node) && gradients.has(output)) {
        throw new UnsupportedOperatorError(
          node.operator,
          node.name,
          `its output "${output.name}" has no gradient rule.`,
        );
      }
    }
    if (dy === undefined || !needed.has(node)) continue;
    const wants = (position: number) => depends(node.inputs[position]);
    const rule = ruleFor(node);
    const context: GradientContext = { graph, node, inputs: node.inputs, outputs: node.outputs, dy, wants };
    const found = rule(context);
    for (const [position, input] of node.inputs.entries()) {
      if (input === undefined || !wants(position)) continue;
      const gradient = found[position];
      if (gradient !== undefined) accumulate(input, undoBroadcast(gradient, input.knownShape));
      else if (input.type.startsWith('float')) {
        throw new UnsupportedOperatorError(
          node.operator,
          node.name,
          `there is no gradient rule for its input ${position} ("${input.name}").`,
        );
      }
    }
  }

  return new Map(
    parameters.map((parameter) => {
      const gradient = gradients.get(parameter);
      if (gradient === undefined)
        throw new GraphError(`The loss "${loss.name}" does not depend on "${parameter.name}".`);
      return [parameter, gradient];
    }),
  );
}

/** 1, with the loss's shape and type. */
function one({ type, knownShape }: Value): Tensor {
  const dims = knownShape as number[];
  return type === 'float64' ? { type, dims, data: Float64Array.of(1) } : float32([1], dims);
}

function ruleFor(node: Node): GradientRule {
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

/** The values that change when a parameter changes. (Its shape does not.) */
function dependents(graph: Graph, parameters: readonly Value[]): Set<Value> {
  const found = new Set<Value>(parameters);
  for (const node of graph.nodes) {
    if (node.operator === 'Shape') continue;
    if (node.inputs.some((input) => input !== undefined && found.has(input))) {
      for (const output of node.outputs) found.add(output);
    }
  }
  return found;
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
