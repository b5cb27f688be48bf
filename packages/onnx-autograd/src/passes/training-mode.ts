import type { CopyTarget, RewriteNode } from '../building/copy.js';
import { mul } from '../building/expressions.js';
import { GraphError } from '../errors.js';
import { type Attributes, readFloat } from '../graph/attributes.js';
import { isControlFlow, whyKept } from '../graph/control-flow.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';
import { toNumbers } from '../tensor.js';

/**
 * A graph input that is to be filled with zeros and `1 / keep` at random: what a dropout layer keeps.
 *
 * @experimental
 */
export interface DropoutMask {
  /** The input to be filled. */
  readonly input: Value;
  /** The probability that an element is kept. */
  readonly keep: number;
}

/**
 * How a network is copied for training, and what its copy then needs.
 *
 * @experimental
 */
export interface TrainingMode {
  /** Given to `copyGraph`. */
  readonly rewrite: RewriteNode;
  /** The next value of each running statistic, by the source's initializer. */
  readonly updates: ReadonlyMap<Value, Value>;
  /** The masks that must be fed. */
  readonly masks: readonly DropoutMask[];
}

/**
 * Copies a network as it is in training: batch normalization uses the batch's statistics and computes the next running
 * ones, dropout drops what a mask says that is fed. (A copy without it is as in evaluation.)
 *
 * ```ts
 * const training = trainingMode();
 * const copy = copyGraph(graph, network, { inputs, rewrite: training.rewrite });
 * training.updates; // what follows the batches
 * ```
 *
 * @experimental
 */
export function trainingMode(): TrainingMode {
  const updates = new Map<Value, Value>();
  const masks: DropoutMask[] = [];
  const rewrite: RewriteNode = (node, inputs, target) => {
    if (isOperator(node, 'Dropout')) return [seededDropout(node, inputs[0] as Value, target, masks)];
    if (isControlFlow(node)) refuseWithin(node);
    if (!isOperator(node, 'BatchNormalization')) return undefined;
    const made = batchStatistics(node, inputs, target);
    for (const i of [1, 2]) updates.set(node.inputs[i + 2] as Value, made[i] as Value);
    return made;
  };
  return { rewrite, updates, masks };
}

/** What stays in a branch or a loop is as in evaluation: what would be otherwise in training is an error. */
function refuseWithin(node: Node): void {
  const found = operatorsWithin(node.attributes).find((one) =>
    ['Dropout', 'BatchNormalization'].includes(one),
  );
  if (found === undefined) return;
  const { why, hint } = whyKept(node);
  throw new GraphError(
    `${node.operator} (node "${node.name}"): the ${found} in it would stay as in evaluation, for ${why}. ${hint} Or include ` +
      'the network with training: false.',
  );
}

function operatorsWithin(attributes: Attributes): string[] {
  return Object.values(attributes).flatMap((attribute) =>
    typeof attribute === 'object' && 'body' in attribute
      ? attribute.body.nodes.flatMap((node) => [node.operator, ...operatorsWithin(node.attributes)])
      : [],
  );
}

/** Batch normalization with its second and third output: the next running mean and variance. */
function batchStatistics(
  node: Node,
  inputs: readonly (Value | undefined)[],
  { graph, prefix }: CopyTarget,
): readonly Value[] {
  const [y, ...statistics] = node.outputs.map(({ name }) => prefix + name);
  const next = ['mean', 'variance'].map(
    (statistic, i) => statistics[i] ?? `${prefix}${node.name}_next_${statistic}`,
  );
  return graph.applyAll(
    node.operator,
    inputs,
    { ...node.attributes, training_mode: 1 },
    { name: prefix + node.name, outputs: [y as string, ...next] },
  );
}

/**
 * Dropout with a mask that is fed: ONNX Runtime's own generator has no state that could be stored, so a training that
 * uses it could not be resumed to the same numbers.
 */
function seededDropout(node: Node, x: Value, { graph, prefix }: CopyTarget, masks: DropoutMask[]): Value {
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
  const input = graph.input(`${prefix}${node.name}_mask`, x.knownShape);
  masks.push({ input, keep: 1 - ratio });
  return mul(x, input);
}
