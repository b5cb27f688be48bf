import type { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import { isControlFlow, whyKept } from '../graph/control-flow.js';
import type { Node, Value } from '../graph/value.js';
import { factsOf, hasTrait, isOperator, knownOperator, type Operator } from '../operators/catalogue.js';
import { isQuantized } from '../operators/quantized.js';
import { matchesAny } from '../patterns.js';
import type { TensorData } from '../tensor.js';

/** Which initializers of a network are its weights. */
export interface Weights {
  /** Learned by gradient: filters, matrices, biases, scales. */
  readonly trainable: ReadonlySet<Value>;
  /** Running statistics of batch normalization. */
  readonly statistics: ReadonlySet<Value>;
  /** Floating-point numbers that are neither, and why; single numbers of the computation are not told of. */
  readonly left: ReadonlyMap<Value, string>;
  /**
   * Weights that several layers share although all their numbers are equal. PyTorch's optimizer stores parameters once
   * that happen to be equal before training, and leaves no other trace of it.
   */
  readonly merged: ReadonlySet<Value>;
}

/**
 * Finds the weights of a network.
 *
 * @param train names or patterns (`encoder.*`) of the float32 initializers and constants that are weights. When absent they
 *   are those of which the exporter says that they are parameters (PyTorch's does), and where it says nothing, those that
 *   are used as weights are: filters, matrices, biases, scales of normalizations and channels, embeddings, what is
 *   joined to activations or chosen in their place, and what filters and matrices are computed from (weight
 *   normalization); not single numbers, not `Constant` nodes, not what scales or shifts the input itself, not masks.
 * @throws GraphError when a pattern fits no float32 numbers of the network.
 */
export function findWeights(network: Graph, train?: readonly string[]): Weights {
  const statistics = new Set<Value>();
  for (const node of network.nodes) {
    if (!isOperator(node, 'BatchNormalization')) continue;
    for (const value of node.inputs.slice(3, 5)) if (value?.data) statistics.add(value);
  }
  const guess = new Guess(network);
  const trainable = train === undefined ? guess.trainable : named(network, train, statistics);
  const used = new Set(network.nodes.flatMap(({ inputs }) => inputs));
  const left = new Map<Value, string>();
  for (const value of network.initializers) {
    if (trainable.has(value) || statistics.has(value) || !used.has(value)) continue;
    const why = train === undefined ? guess.whyNot(value) : 'it is not among those that are named';
    if (value.type.startsWith('float') && (value.data?.data.length ?? 0) > 0 && why !== undefined)
      left.set(value, why);
  }
  for (const value of quantizedIn(network))
    left.set(value, `it is quantized, ${value.type}; float32 is trained`);
  return { trainable, statistics, left, merged: mergedAmong(network, trainable) };
}

/** The whole numbers of which a quantized layer computes its filter or matrix. */
function quantizedIn(network: Graph): Value[] {
  const inputs = network.nodes.flatMap((node) => (isQuantized(node) ? node.inputs : []));
  const isOfBytes = ({ type, data }: Value) => /^u?int(8|16|32)$/.test(type) && (data?.data.length ?? 0) > 1;
  return [...new Set(inputs)].filter((value) => value !== undefined).filter(isOfBytes);
}

function named(network: Graph, train: readonly string[], statistics: ReadonlySet<Value>): Set<Value> {
  const candidates = network.initializers.filter(
    (value) => value.type === 'float32' && !statistics.has(value),
  );
  const found = candidates.filter(({ name }) => matchesAny(name, train));
  const idle = train.find((pattern) => !found.some(({ name }) => matchesAny(name, [pattern])));
  if (idle === undefined) return new Set(found);
  const other = network.initializers.find((value) => matchesAny(value.name, [idle]));
  throw new GraphError(
    other === undefined
      ? `"${idle}" names no numbers of the network "${network.name}"; it has ${candidates.map(({ name }) => name).join(', ')}.`
      : `"${idle}" names "${other.name}", which is ${statistics.has(other) ? 'a running statistic' : other.type}; what is ` +
          'trained is float32.',
  );
}

/** Operators that only shift and scale, by which exporters write the normalisation of an input. */
const shifting: ReadonlySet<Operator> = new Set<Operator>(['Add', 'Sub', 'Mul', 'Div']);

/** What is taken for weights where nobody has named them. */
class Guess {
  readonly trainable = new Set<Value>();
  readonly #whyNot = new Map<Value, string>();
  /** Values that are computed from initializers only. */
  readonly #fixed = new Set<Value>();
  /** The inputs of the network, also shifted and scaled. */
  readonly #raw: Set<Value>;
  /** What shifts or scales those. */
  readonly #ofTheInput = new Set<Value>();

  constructor(network: Graph) {
    this.#raw = new Set(network.inputs);
    for (const node of network.nodes) {
      if (isControlFlow(node)) this.#isWithin(node);
      const inputs = node.inputs.filter((input) => input !== undefined);
      const isFixed = (input: Value) => input.data !== undefined || this.#fixed.has(input);
      if (inputs.length > 0 && inputs.every(isFixed))
        for (const output of node.outputs) this.#fixed.add(output);
      const operator = knownOperator(node);
      if (operator === undefined) continue;
      const moving = inputs.filter((input) => !isFixed(input));
      const shifts = shifting.has(operator) || hasTrait(node, 'passesOn');
      const isRaw = shifts && moving.length > 0 && moving.every((input) => this.#raw.has(input));
      if (isRaw) for (const output of node.outputs) this.#raw.add(output);
      this.#look(node, operator, isRaw);
    }
    const read = new Set(network.nodes.flatMap(({ inputs }) => inputs));
    for (const value of read) {
      if (value?.role === 'parameter' && value.type === 'float32') this.trainable.add(value);
    }
    // Where there is no layer behind it, it is no normalisation in front of one.
    if (this.trainable.size === 0) for (const value of this.#ofTheInput) this.trainable.add(value);
  }

  whyNot(value: Value): string | undefined {
    const single = isSingle(value);
    if (value.role === 'constant') return 'its exporter says that it is no parameter';
    if (value.constant) return single ? undefined : 'it is a constant of the file';
    if (value.type !== 'float32') return `it is ${value.type}; float32 is trained`;
    if (this.#ofTheInput.has(value)) return 'it scales or shifts the input, as a normalisation does';
    return (
      this.#whyNot.get(value) ?? (single ? singleNumber : 'no layer has it where weights are looked for')
    );
  }

  /** What a branch or a loop reads that stays as it is. */
  #isWithin(node: Node): void {
    const { why, hint } = whyKept(node);
    const told = `it is used in ${node.operator} (node "${node.name}"), which no gradient passes, for ${why}. ${hint}`;
    for (const input of node.inputs) if (input?.data) this.#whyNot.set(input, told.replace(/\.? *$/, ''));
  }

  #look(node: Node, operator: Operator, isRaw: boolean): void {
    const { weights, inputs } = factsOf(operator);
    const scales = shifting.has(operator) || operator === 'Where' || operator === 'Pow';
    for (const [position, input] of node.inputs.entries()) {
      const isWeight =
        weights.includes(position) ||
        (inputs.at(-1)?.count === 'several' && weights.includes(inputs.length - 1));
      if (!isWeight || input === undefined) continue;
      const found = this.#behind(input, !scales);
      // A member of the module that is one number is its own, whatever is computed from it first.
      for (const value of scales ? this.#behind(input, true) : [])
        if (isSingleMember(value)) found.add(value);
      for (const value of found) {
        if (value.type !== 'float32' || value.constant || value.role === 'constant') continue;
        const isScalar = isSingle(value) && (scales || value !== input) && !isSingleMember(value);
        if (isScalar) this.#whyNot.set(value, singleNumber);
        else if (scales && isMask(value.data?.data))
          this.#whyNot.set(value, 'it has infinite or very large numbers, as masks have');
        else if (scales && isRaw) this.#ofTheInput.add(value);
        else if (isGroupedNormalization(node))
          this.#whyNot.set(value, 'it is what group normalization is exported with');
        else this.trainable.add(value);
      }
    }
  }

  /** The initializers that an input is: laid out anew, or, for a filter or matrix, put together from several. */
  #behind(input: Value, computed: boolean): Set<Value> {
    const found = new Set([input]);
    for (const value of found) {
      const { producer } = value;
      const [first] = producer?.inputs ?? [];
      if (hasTrait(producer, 'passesOn')) {
        if (first) found.add(first);
      } else if (computed && this.#fixed.has(value)) {
        for (const part of producer?.inputs ?? []) if (part) found.add(part);
      }
    }
    return new Set([...found].filter(({ data }) => data !== undefined));
  }
}

function isSingle({ data }: Value): boolean {
  return data?.data.length === 1;
}

function isSingleMember(value: Value): boolean {
  return value.role === 'member' && isSingle(value);
}

const singleNumber = 'it is one number, as constants of the computation are';

/** PyTorch writes group normalization as that of instances, with a scale and bias that do nothing, and the own ones behind. */
function isGroupedNormalization(node: Node): boolean {
  const [x, scale, bias] = node.inputs;
  return (
    isOperator(node, 'InstanceNormalization') &&
    isOperator(x?.producer, 'Reshape') &&
    isAll(scale?.data?.data, 1) &&
    isAll(bias?.data?.data, 0)
  );
}

/** From how large a number on nobody learns it: masks have it, or the largest that there is, in place of infinity. */
const ofMasks = 1e9;

function isMask(data: TensorData | undefined): boolean {
  return data?.some((value: number | bigint) => !(Math.abs(Number(value)) < ofMasks)) ?? false;
}

function isAll(data: TensorData | undefined, number: number): boolean {
  return data?.every((value: number | bigint) => Number(value) === number) ?? false;
}

function mergedAmong(network: Graph, trainable: ReadonlySet<Value>): Set<Value> {
  const [once, several] = [new Set<Value>(), new Set<Value>()];
  for (const { inputs } of network.nodes) {
    for (const value of new Set(inputs)) {
      if (value === undefined || !trainable.has(value)) continue;
      (once.has(value) ? several : once).add(value);
    }
  }
  const isUniform = ({ data }: Value) =>
    data !== undefined && data.data.length > 1 && isAll(data.data, Number(data.data[0]));
  return new Set([...several].filter(isUniform));
}
