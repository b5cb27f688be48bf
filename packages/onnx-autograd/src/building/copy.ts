import { GraphError } from '../errors.js';
import { type Dimension, product, type Shape } from '../graph/shape.js';
import type { GraphBuilder, Node, Value, ValueType } from '../graph/value.js';
import type { Tensor } from '../tensor.js';
import type { Graph } from './graph.js';

/** What is copied, and how. */
export interface CopyOptions {
  /** What stands in for each of the source's inputs, by name. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Copies only what these values need; all outputs of the source when absent. */
  readonly upTo?: readonly Value[];
  /** Put before the names of the copied nodes and values. */
  readonly prefix?: string;
  /** What stands in for an initializer of the source; its data is copied when absent or when it returns nothing. */
  readonly initializer?: (source: Value) => Value | undefined;
  /** May write a node differently. */
  readonly rewrite?: RewriteNode;
}

/**
 * Where a copy goes.
 *
 * @experimental
 */
export interface CopyTarget {
  /** The graph to write to. */
  readonly graph: GraphBuilder;
  /** Put before the names of what is written. */
  readonly prefix: string;
}

/**
 * Writes a node of the source in another way.
 *
 * @param inputs the copies of its inputs, in the graph to write to.
 * @returns what stands in for its outputs; `undefined` to have it copied.
 * @experimental
 */
export type RewriteNode = (
  node: Node,
  inputs: readonly (Value | undefined)[],
  target: CopyTarget,
) => readonly Value[] | undefined;

/** A copied graph, by the values of its source. */
export interface GraphCopy {
  /** The copy of a value of the source. */
  value(source: Value): Value;
}

/**
 * Copies a graph, or the part of it that some values need, into another graph: how networks, front ends and frozen
 * networks are put together. Shapes are inferred anew from what stands in for the inputs.
 *
 * @throws GraphError when an input has no stand-in, or one of another shape that does not fit.
 */
export function copyGraph(target: GraphBuilder, source: Graph, options: CopyOptions): GraphCopy {
  const values = new Map<Value, Value>();
  const prefix = options.prefix ?? '';
  for (const input of source.inputs) {
    const given = options.inputs[input.name];
    if (given === undefined) continue;
    values.set(input, given);
    const labels = source.labelsOf(input);
    if (labels !== undefined) target.expectLabels(given, labels);
  }
  const copied = (value: Value): Value => {
    const found = values.get(value);
    if (found !== undefined) return found;
    if (value.data === undefined) {
      throw new GraphError(`Copying "${source.name}": nothing stands in for its input "${value.name}".`);
    }
    const standIn = options.initializer?.(value);
    const made = standIn ?? copyOfData(target, value, value.data, prefix);
    values.set(value, made);
    return made;
  };

  for (const node of neededNodes(source, options.upTo ?? source.outputs)) {
    const inputs = node.inputs.map((input) => input && copied(input));
    const made =
      options.rewrite?.(node, inputs, { graph: target, prefix }) ?? copyNode(target, node, inputs, prefix);
    for (const [i, output] of node.outputs.entries()) {
      const value = made[i];
      if (value !== undefined) values.set(output, value);
    }
  }
  return { value: copied };
}

function copyOfData(target: GraphBuilder, source: Value, data: Tensor, prefix: string): Value {
  const name = prefix + source.name;
  return source.constant ? target.constant(data, name) : target.initializer(data, name, source.role);
}

/** A node as it is, for inputs that stand in for its own. */
function copyNode(
  target: GraphBuilder,
  node: Node,
  inputs: readonly (Value | undefined)[],
  prefix: string,
): readonly Value[] {
  return target.applyAll(node.operator, inputs, node.attributes, {
    name: prefix + node.name,
    domain: node.domain,
    outputs: node.outputs.map(({ name }) => prefix + name),
    told: () => asBefore(node, inputs),
  });
}

/** Asks several in turn: the first that writes a node differently does. */
export function firstOf(...rewrites: readonly RewriteNode[]): RewriteNode {
  return (node, inputs, target) => {
    for (const rewrite of rewrites) {
      const made = rewrite(node, inputs, target);
      if (made !== undefined) return made;
    }
    return undefined;
  };
}

/**
 * Types and shapes of the outputs of a node where no rule tells them, once its inputs are others: the types are those that
 * they were, and so are the shapes, with the sizes that now stand for names (such as the batch). Nothing is known of the
 * shapes where a size that was a number is another one.
 */
function asBefore(node: Node, inputs: readonly (Value | undefined)[]): ValueType[] {
  const sizes = new Map<string, Dimension>();
  const fits = node.inputs.every((input, i) => {
    const [before, now] = [input?.shape, inputs[i]?.shape];
    if (before === undefined || now === undefined) return before === now;
    return (
      before.length === now.length &&
      before.every((size, axis) => stands(now[axis] as Dimension, size, sizes))
    );
  });
  const renewed = (shape: Shape) =>
    shape.map((size) =>
      typeof size === 'number' ? size : product(size.split('*').map((factor) => sizes.get(factor) ?? factor)),
    );
  return node.outputs.map(({ type, shape }) => ({ type, shape: fits && shape ? renewed(shape) : undefined }));
}

/** Whether a size may stand for an earlier one, and always does. */
function stands(now: Dimension, before: Dimension, sizes: Map<string, Dimension>): boolean {
  if (typeof before === 'number') return now === before;
  const known = sizes.get(before);
  if (known === undefined) sizes.set(before, now);
  return known === undefined || known === now;
}

/** The nodes that the values are computed from, in the order in which they run. */
function neededNodes(source: Graph, upTo: readonly Value[]): Node[] {
  const wanted = new Set<Value>(upTo);
  const needed = source.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => wanted.has(output))) return false;
    for (const input of node.inputs) if (input) wanted.add(input);
    return true;
  });
  return needed.reverse();
}
