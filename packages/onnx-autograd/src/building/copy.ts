import { GraphError } from '../errors.js';
import { readFloat } from '../graph/attributes.js';
import { describeShape, type Shape } from '../graph/shape.js';
import { knownOperator } from '../operators/catalogue.js';
import { toNumbers } from '../tensor.js';
import { mul } from './expressions.js';
import type { Graph, Node, Value, ValueType } from './graph.js';

/** A graph input that is to be filled with zeros and `1 / keep` at random: what a dropout layer keeps. */
export interface DropoutMask {
  /** The input to be filled. */
  readonly input: Value;
  /** The probability that an element is kept. */
  readonly keep: number;
}

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
  /**
   * In training, batch normalization uses the batch's statistics and dropout drops. In evaluation (the default) both
   * are what they are in the file.
   */
  readonly training?: boolean;
  /** May write a node differently. */
  readonly rewrite?: RewriteNode;
}

/**
 * Writes a node of the source in another way.
 *
 * @param inputs the copies of its inputs, in the graph to write to.
 * @returns what stands in for its outputs; `undefined` to have it copied.
 */
export type RewriteNode = (
  node: Node,
  inputs: readonly (Value | undefined)[],
) => readonly Value[] | undefined;

/** A copied graph, by the values of its source. */
export interface GraphCopy {
  /** The copy of a value of the source. */
  value(source: Value): Value;
  /** Training only: the next value of each running statistic, by the source's initializer. */
  readonly updates: ReadonlyMap<Value, Value>;
  /** Training only: the masks that must be fed. */
  readonly masks: readonly DropoutMask[];
}

/**
 * Copies a graph, or the part of it that some values need, into another graph: how networks, front ends and frozen
 * networks are put together. Shapes are inferred anew from what stands in for the inputs.
 *
 * @throws GraphError when an input has no stand-in, or one of another shape that does not fit.
 */
export function copyGraph(target: Graph, source: Graph, options: CopyOptions): GraphCopy {
  const values = new Map<Value, Value>();
  const updates = new Map<Value, Value>();
  const masks: DropoutMask[] = [];
  const prefix = options.prefix ?? '';
  for (const input of source.inputs) {
    const given = options.inputs[input.name];
    if (given === undefined) continue;
    values.set(input, given);
    given.classes ??= input.classes;
  }
  const copied = (value: Value): Value => {
    const found = values.get(value);
    if (found !== undefined) return found;
    if (value.data === undefined) {
      throw new GraphError(`Copying "${source.name}": nothing stands in for its input "${value.name}".`);
    }
    const standIn = options.initializer?.(value);
    const made = standIn ?? target.initializer(value.data, prefix + value.name);
    if (standIn === undefined) made.constant = value.constant;
    values.set(value, made);
    return made;
  };

  for (const node of neededNodes(source, options.upTo ?? source.outputs)) {
    const inputs = node.inputs.map((input) => input && copied(input));
    const rewritten = options.rewrite?.(node, inputs);
    if (rewritten) {
      for (const [i, value] of rewritten.entries()) values.set(node.outputs[i] as Value, value);
      continue;
    }
    if (options.training && node.operator === 'Dropout') {
      values.set(node.outputs[0] as Value, seededDropout(node, inputs[0] as Value, prefix, masks));
      continue;
    }
    const normalizes = options.training && node.operator === 'BatchNormalization';
    const attributes = normalizes ? { ...node.attributes, training_mode: 1 } : node.attributes;
    const own = node.outputs.map((output) => prefix + output.name);
    const next = ['mean', 'variance'].map((statistic) => `${prefix}${node.name}_next_${statistic}`);
    const outputs = normalizes ? [own[0] as string, own[1] ?? next[0]!, own[2] ?? next[1]!] : own;
    const made = target.applyAll(node.operator, inputs, attributes, {
      name: prefix + node.name,
      domain: node.domain,
      outputs,
      ...(knownOperator(node) === undefined && { like: typesAsBefore(node, inputs) }),
    });
    for (const [i, output] of node.outputs.entries()) values.set(output, made[i] as Value);
    if (normalizes) {
      for (const i of [1, 2]) updates.set(node.inputs[i + 2] as Value, made[i] as Value);
    }
  }
  return { value: copied, updates, masks };
}

/**
 * Types and shapes of the outputs of a node that no rule tells, once its inputs are others: the types are those that they
 * were, and so are the shapes where every input has the shape that it had.
 */
export function typesAsBefore(node: Node, inputs: readonly (Value | undefined)[]): ValueType[] {
  const same = inputs.every(
    (input, i) => describeShape(input?.shape) === describeShape(node.inputs[i]?.shape),
  );
  return node.outputs.map(({ type, shape }) => ({ type, shape: same ? shape : undefined }));
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

/**
 * Dropout with a mask that is fed: ONNX Runtime's own generator has no state that could be stored, so a training that
 * uses it could not be resumed to the same numbers.
 */
function seededDropout(node: Node, x: Value, prefix: string, masks: DropoutMask[]): Value {
  const given = node.inputs[1];
  const told = given === undefined ? readFloat(node.attributes, 'ratio', 0.5) : given.data;
  if (told === undefined) {
    throw new GraphError(
      `Dropout (node "${node.name}"): its ratio "${given?.name}" is computed when the graph runs; in training it must be ` +
        'a constant of the file. Set it before exporting, or include the network with training: false.',
    );
  }
  const ratio = typeof told === 'number' ? told : (toNumbers(told)[0] ?? 0.5);
  if (ratio === 0) return x;
  const input = x.graph.input(`${prefix}${node.name}_mask`, x.knownShape as Shape);
  masks.push({ input, keep: 1 - ratio });
  return mul(x, input);
}
