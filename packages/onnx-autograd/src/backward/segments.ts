import type { Graph } from '../building/graph.js';
import type { Node, Value } from '../graph/value.js';
import { accumulate, type BackwardPass, type Gradients, type SegmentOptions } from './backward-pass.js';
import { cutIntoSegments } from './checkpoints.js';
import { everyGradient, everySample, inOldOrder, type PerSample, perSample } from './samples.js';
import { waitFor } from './wait-for.js';

/**
 * Checkpointing: the backward pass reads values of the forward pass from copies that are computed again, a segment at a
 * time, once the gradient has arrived there; so the first ones need not be kept until then. The last segment is read as
 * it is: its backward pass follows at once. A segment whose samples do not see each other is gone through in parts of the
 * batch, each computed again and gone back through before the next.
 *
 * @param nodes of the forward pass that the gradient passes, in their order
 * @param parts into how many parts the batch is divided
 */
export function backwardInSegments(
  pass: BackwardPass,
  nodes: readonly Node[],
  gradients: Gradients,
  { parts, partsFor }: Pick<SegmentOptions, 'partsFor'> & { readonly parts: number },
): void {
  const { graph } = pass.options;
  const separable = (part: readonly Node[]) => (parts > 1 ? perSample(part) : undefined);
  const { segments, kept } = cutIntoSegments(nodes, (node) => (separable([node]) ? parts : 1));
  for (const [index, segment] of [...segments.entries()].reverse()) {
    const samples = separable(segment);
    const options = { partsFor, releaseEarly: true };
    if (index === segments.length - 1) pass.through(segment, gradients, options);
    else if (samples) backwardInParts(pass, segment, gradients, { parts, kept, samples });
    else
      pass.through(segment, gradients, {
        ...options,
        recomputedNode: new ComputedAgain(graph, segment, kept).node,
      });
  }
}

/** Goes back through a segment, part of the batch by part. */
function backwardInParts(
  pass: BackwardPass,
  segment: readonly Node[],
  gradients: Gradients,
  { parts, kept, samples }: { parts: number; kept: ReadonlySet<Value>; samples: PerSample },
): void {
  const { graph, wanted } = pass.options;
  const within = <T>(make: () => T): T => graph.within(`${segment.at(-1)?.name}/gradient/parts`, make);
  const inside = new Set(segment.flatMap(({ outputs }) => outputs));
  const arriving = [...inside].filter((value) => gradients.has(value));
  const sums: Gradients = new Map();
  const pieces = new Map<Value, Value[]>();
  for (let part = 0; part < parts; part++) {
    const sample = (value: Value) => within(() => everySample(value, part, parts));
    const waiting = (value: Value) =>
      within(() => [...sums.values()].reduce((a, sum) => waitFor(a, sum), value));
    const own: Gradients = new Map(
      arriving.map((value) => {
        const dy = waiting(gradients.get(value) as Value);
        return [value, within(() => everyGradient(dy, part, parts))];
      }),
    );
    const { node: recomputedNode } = new ComputedAgain(
      graph,
      segment,
      kept,
      (value) => samples.has(value) && sample,
    );
    pass.through(segment, own, { partsFor: () => 1, releaseEarly: true, recomputedNode });
    for (const [value, gradient] of own) {
      if (inside.has(value) && !wanted.has(value)) continue;
      if (samples.has(value)) pieces.set(value, [...(pieces.get(value) ?? []), gradient]);
      else within(() => accumulate(sums, value, gradient));
    }
  }
  for (const [value, sum] of sums) accumulate(gradients, value, sum);
  for (const [value, list] of pieces) {
    const whole = within(() => inOldOrder(list, value));
    // What had arrived at a value of the segment is in it already.
    if (inside.has(value)) gradients.set(value, whole);
    else accumulate(gradients, value, whole);
  }
}

/** The values of a segment, computed again when the gradient has arrived. */
class ComputedAgain {
  #again: ReadonlyMap<Value, Value> | undefined;
  readonly #held = new Map<Value, Value>();

  /**
   * @param kept values that need not be computed again
   * @param part what takes the part of a value that is looked at; all of it when absent or false
   */
  constructor(
    readonly graph: Graph,
    readonly segment: readonly Node[],
    readonly kept: ReadonlySet<Value>,
    readonly part: (value: Value) => false | ((value: Value) => Value) = () => false,
  ) {}

  /** The node as its gradient rule is to see it. */
  readonly node = (node: Node, dy: Value): Node => {
    const again = this.#again ?? this.#compute(dy);
    this.#again = again;
    const standIn = (value: Value) =>
      again.get(value) ?? (this.part(value) ? this.#waiting(value, dy) : value);
    return {
      ...node,
      inputs: node.inputs.map((input) => input && standIn(input)),
      outputs: node.outputs.map(standIn),
    };
  };

  /** A value from outside, or the part of it, behind `dy`. */
  #waiting(value: Value, dy: Value): Value {
    const known = this.#held.get(value);
    if (known !== undefined) return known;
    const take = this.part(value);
    const made = take ? take(waitFor(value, dy)) : waitFor(value, dy);
    this.#held.set(value, made);
    return made;
  }

  /** Adds the nodes once more, behind `dy`. Returns what stands in for their values. */
  #compute(dy: Value): Map<Value, Value> {
    const again = new Map<Value, Value>();
    for (const node of this.segment) {
      if (node.outputs.every((output) => this.kept.has(output))) continue;
      this.graph.within(`${node.name}/gradient/recomputed`, () => {
        const inputs = node.inputs.map((input) => {
          const standIn = input && again.get(input);
          if (standIn !== undefined || input === undefined) return standIn;
          return this.kept.has(input) || this.part(input) ? this.#waiting(input, dy) : input;
        });
        // A node that reads nothing of all this would be merged with the first one.
        if (inputs.every((input, i) => input === node.inputs[i]))
          inputs[0] = inputs[0] && this.#waiting(inputs[0], dy);
        const outputs = this.graph.applyAll(node.operator, inputs, node.attributes, {
          domain: node.domain,
          outputCount: node.outputs.length,
        });
        for (const [i, output] of node.outputs.entries()) {
          if (!this.kept.has(output)) again.set(output, outputs[i] as Value);
        }
      });
    }
    return again;
  }
}
