import type { Graph, Node, Value } from '../graph/graph.js';
import { after } from './after.js';
import { cutIntoSegments } from './checkpoints.js';

/**
 * Checkpointing: the backward pass reads values of the forward pass from copies that are computed again, a segment at a
 * time, once the gradient has arrived there; so the first ones need not be kept until then. The last segment is read as
 * it is: its backward pass follows at once.
 */
export class Recomputation {
  readonly #segmentOf = new Map<Node, number>();
  readonly #segments: readonly (readonly Node[])[];
  readonly #kept: ReadonlySet<Value>;
  readonly #again = new Map<number, Map<Value, Value>>();

  /** @param path the nodes of the forward pass that the gradient passes, in their order */
  constructor(
    readonly graph: Graph,
    path: readonly Node[],
  ) {
    const { segments, kept } = cutIntoSegments(path);
    this.#segments = segments.map(({ nodes }) => nodes);
    this.#kept = kept;
    for (const [place, nodes] of this.#segments.entries()) {
      for (const node of nodes) this.#segmentOf.set(node, place);
    }
  }

  /**
   * The node as its gradient rule is to see it.
   *
   * @param dy a gradient that has arrived at the node's segment
   */
  node(node: Node, dy: Value): Node {
    const place = this.#segmentOf.get(node);
    if (place === undefined || place === this.#segments.length - 1) return node;
    const again = this.#again.get(place) ?? this.#compute(place, dy);
    const standIn = (value: Value) => again.get(value) ?? value;
    return {
      ...node,
      inputs: node.inputs.map((input) => input && standIn(input)),
      outputs: node.outputs.map(standIn),
    };
  }

  /** Adds the nodes of a segment once more, behind `dy`. Returns what stands in for their values. */
  #compute(place: number, dy: Value): Map<Value, Value> {
    const again = new Map<Value, Value>();
    const held = new Map<Value, Value>();
    const late = (value: Value): Value => {
      const known = held.get(value) ?? after(value, dy);
      held.set(value, known);
      return known;
    };
    for (const node of this.#segments[place] ?? []) {
      if (node.outputs.every((output) => this.#kept.has(output))) continue;
      this.graph.within(`${node.name}/gradient/recomputed`, () => {
        const inputs = node.inputs.map((input) => {
          const standIn = input && again.get(input);
          if (standIn !== undefined || input === undefined) return standIn;
          return this.#kept.has(input) ? late(input) : input;
        });
        // A node that reads nothing of all this would be merged with the first one.
        if (inputs.every((input, i) => input === node.inputs[i])) inputs[0] = inputs[0] && late(inputs[0]);
        const outputs = this.graph.applyAll(node.operator, inputs, node.attributes, {
          domain: node.domain,
          outputCount: node.outputs.length,
        });
        for (const [i, output] of node.outputs.entries()) {
          if (!this.#kept.has(output)) again.set(output, outputs[i] as Value);
        }
      });
    }
    this.#again.set(place, again);
    return again;
  }
}
