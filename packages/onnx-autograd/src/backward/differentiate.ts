import type { Graph } from '../building/graph.js';
import { type GradientForms, productForms } from '../convolutions/forms.js';
import { GraphError, UnsupportedOperatorError } from '../errors.js';
import { describeShape } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator, knownOperator } from '../operators/catalogue.js';
import { isQuantized, quantizedHint } from '../operators/quantized.js';
import { float32, type Tensor } from '../tensor.js';
import { BackwardPass, ruleFor } from './backward-pass.js';
import { backwardInSegments } from './segments.js';
import { partsOf } from './weights-first.js';

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
  /** Computed values that count as constants: no gradient passes them (a "stop gradient"). */
  readonly constants?: ReadonlySet<Value>;
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
  options: DifferentiateOptions = {},
): Map<Value, Value> {
  return differentiateInForms(graph, loss, parameters, productForms, options);
}

/**
 * The same, with a choice.
 *
 * @param convolutions how the gradients of convolutions are written; they all have the same value.
 */
export function differentiateInForms(
  graph: Graph,
  loss: Value,
  parameters: readonly Value[],
  convolutions: GradientForms,
  { recompute = false, batchParts = 1, constants = new Set() }: DifferentiateOptions = {},
): Map<Value, Value> {
  const dependent = dependents(graph, parameters, constants);
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

  const nodes = path.filter((node) => needed.has(node));
  const pass = new BackwardPass({
    graph,
    depends,
    wanted: new Set(parameters),
    convolutions,
    savesMemory: batchParts > 1,
  });
  const partsFor = partsOf(path, batchParts);
  if (recompute) backwardInSegments(pass, nodes, gradients, { parts: batchParts, partsFor });
  else pass.through(nodes, gradients, { partsFor });

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

/** The values that change smoothly when a parameter changes. Whole numbers, truth values and constants do not. */
function dependents(
  graph: Graph,
  parameters: readonly Value[],
  constants: ReadonlySet<Value> = new Set(),
): Set<Value> {
  const found = new Set<Value>(parameters);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input !== undefined && found.has(input))) {
      for (const output of node.outputs) {
        if (output.type.startsWith('float') && !constants.has(output)) found.add(output);
      }
    }
  }
  return found;
}

/** The error for a parameter that no gradient reached: it names the first operator that let none pass, if one did. */
function whyNone(graph: Graph, loss: Value, parameter: Value): GraphError {
  const smooth = dependents(graph, [parameter]);
  const steps = graph.nodes.filter(
    (node) =>
      !isOperator(node, 'Shape') &&
      !isOperator(node, 'Size') &&
      node.inputs.some((input) => input && smooth.has(input)) &&
      node.outputs.some((output) => !smooth.has(output)),
  );
  const needed = ancestors(loss, graph.nodes);
  const stop = steps.find((node) => needed.has(node));
  if (stop === undefined)
    return new GraphError(`The loss "${loss.name}" does not depend on "${parameter.name}".`);
  const type = stop.outputs[0]?.type;
  return new UnsupportedOperatorError(
    stop.operator,
    stop.name,
    `a gradient cannot pass through its ${type} numbers, and on "${parameter.name}" the loss depends only through them.${isQuantized(stop) ? ` ${quantizedHint}` : ''}`,
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
