import { add } from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import type { GradientForms } from '../convolutions/forms.js';
import { UnsupportedOperatorError } from '../errors.js';
import {
  type GradientContext,
  type GradientRule,
  type ManyOutputsRule,
  noGradient,
  undoBroadcast,
} from '../gradients/rule.js';
import { gradientRules } from '../gradients/table.js';
import { isControlFlow, whyKept } from '../graph/control-flow.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator, knownOperator } from '../operators/catalogue.js';
import { isQuantized, quantizedHint } from '../operators/quantized.js';
import { waitFor } from './wait-for.js';
import { weightsFirst } from './weights-first.js';

/** The gradient of the loss with respect to values, as far as it has come. */
export type Gradients = Map<Value, Value>;

/** What is the same for the whole of a backward pass. */
export interface BackwardOptions {
  readonly graph: Graph;
  /** Whether a value changes when a parameter does. */
  depends(value: Value | undefined): boolean;
  /** The parameters. */
  readonly wanted: ReadonlySet<Value>;
  readonly convolutions: GradientForms;
  /** A layer's gradients are computed in an order that needs little memory. */
  readonly savesMemory: boolean;
}

/** How a segment of the forward pass is gone back through. */
export interface SegmentOptions {
  /** Into how many parts the batch is divided for the gradient of a convolution's weights. */
  partsFor(node: Node): number;
  /** The node with what stands in for its values, once the gradient `dy` has arrived; the node itself when absent. */
  recomputedNode?(node: Node, dy: Value): Node;
  /** Whether a layer is to be done with its weights before the gradient goes on, and reads its input again. */
  readonly releaseEarly?: boolean;
}

/** Goes back through nodes of the forward pass, and adds the nodes that compute their gradients. */
export class BackwardPass {
  constructor(readonly options: BackwardOptions) {}

  /** Adds what reaches the inputs of the nodes, the last of which comes first, to the gradients. */
  through(nodes: readonly Node[], gradients: Gradients, segment: SegmentOptions): void {
    for (const node of nodes.toReversed()) {
      const dys = node.outputs.map((output) => gradients.get(output));
      const arrived = dys.find((dy) => dy !== undefined);
      if (arrived !== undefined) this.#node(node, dys, arrived, gradients, segment);
    }
  }

  #node(
    node: Node,
    dys: readonly (Value | undefined)[],
    arrived: Value,
    gradients: Gradients,
    { partsFor, recomputedNode, releaseEarly = false }: SegmentOptions,
  ): void {
    const { graph, depends, wanted, convolutions, savesMemory } = this.options;
    const rule = ruleFor(node);
    const wants = (position: number) => depends(node.inputs[position]);
    const standIn = recomputedNode?.(node, arrived) ?? node;
    const { inputs, outputs } = standIn;
    const context = { graph, node: standIn, inputs, outputs, dys, dy: dys[0] as Value, wants, convolutions };
    const apply = (whole: GradientRule | ManyOutputsRule, given: GradientContext) => {
      if (typeof whole !== 'function') return whole.everyOutput(given);
      if (!savesMemory || !isOperator(node, 'Conv')) return whole(given);
      return weightsFirst(whole, given, partsFor(node), releaseEarly);
    };
    graph.within(`${node.name}/gradient`, () => {
      const summed = apply(rule, context).map((gradient, position) => {
        const input = node.inputs[position];
        return gradient && input && wants(position) ? undoBroadcast(gradient, input.knownShape) : undefined;
      });
      const own = summed.filter((gradient, i) => gradient && wanted.has(node.inputs[i] as Value)) as Value[];
      for (const [position, input] of node.inputs.entries()) {
        if (input === undefined || !wants(position)) continue;
        const gradient = summed[position];
        if (gradient !== undefined) {
          // With the gradients of its weights a layer is done before the gradient goes on, and need not be kept.
          const waits = releaseEarly && !isOperator(node, 'Conv') && !wanted.has(input);
          accumulate(gradients, input, waits ? own.reduce(waitFor, gradient) : gradient);
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
}

/** Adds to the gradient that a value has already. */
export function accumulate(gradients: Gradients, value: Value, gradient: Value): void {
  const earlier = gradients.get(value);
  gradients.set(value, earlier === undefined ? gradient : add(earlier, gradient));
}

/**
 * The rule of a node's operator.
 *
 * @throws UnsupportedOperatorError when it has none.
 */
export function ruleFor(node: Node): GradientRule | ManyOutputsRule {
  const operator = knownOperator(node);
  if (operator === undefined) {
    if (isControlFlow(node)) {
      const { why, hint } = whyKept(node);
      throw new UnsupportedOperatorError(
        node.operator,
        node.name,
        `no gradient passes it, for ${why}. ${hint}`,
      );
    }
    const name = node.domain ? `${node.domain}.${node.operator}` : node.operator;
    throw new UnsupportedOperatorError(
      name,
      node.name,
      isQuantized(node)
        ? `no gradient passes what is rounded. ${quantizedHint}`
        : 'there is no gradient rule for this operator.',
    );
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
