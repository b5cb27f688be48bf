import { GraphError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import { checkSizes, type Dimension, longestSymbol, type Shape } from '../graph/shape.js';
import {
  type GraphBuilder,
  type Node,
  type NodeOptions,
  Value,
  type ValueFacts,
  type ValueType,
  type WeightRole,
} from '../graph/value.js';
import { commonRange, type LabelRange } from '../labels.js';
import { heldByOutput } from '../shapes/held.js';
import { inferShapes } from '../shapes/table.js';
import { assumedType } from '../shapes/types.js';
import type { ElementType, Tensor } from '../tensor.js';

/**
 * A computation as the ONNX standard describes one: inputs, initializers, and nodes in the order in which they run.
 * Shapes are inferred as nodes are added; the batch may stay symbolic.
 *
 * ```ts
 * const graph = new Graph('tiny');
 * const x = graph.input('x', ['batch', 1, 28, 28]);
 * const y = graph.apply('Relu', [x]);      // y.shape is ['batch', 1, 28, 28]
 * graph.output(y);
 * ```
 */
export class Graph implements GraphBuilder {
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  #nodes: Node[] = [];
  readonly #values = new Map<string, Value>();
  readonly #reserved = new Set<string>();
  readonly #labels = new Map<Value, LabelRange>();
  readonly #nodeNames = new Map<string, number>();
  #counter = 0;
  #scope = '';

  /** @param name by which errors and files call it. */
  constructor(readonly name = 'graph') {}

  /** In the order in which they were declared. */
  get inputs(): readonly Value[] {
    return this.#inputs;
  }

  /** The values declared by {@link output}, in that order. */
  get outputs(): readonly Value[] {
    return this.#outputs;
  }

  /** In an order in which they can run. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** All values by name. */
  get values(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  /** The values that carry data: weights and constants. */
  get initializers(): Value[] {
    return [...this.#values.values()].filter((value) => value.data !== undefined);
  }

  /** Declares an input. */
  input(name: string, shape: Shape | undefined, type: ElementType = 'float32'): Value {
    checkName('input', name);
    const sizes = shape && this.#sizes(shape, `The input "${name}"`);
    const value = this.#register(new Value(this, this.uniqueName(name), type, sizes));
    this.#inputs.push(value);
    return value;
  }

  /**
   * Adds numbers known before the graph runs. A weight to be trained is an initializer too.
   *
   * @param role what the exporter of a file tells of them, if it does.
   */
  initializer(tensor: Tensor, name = 'constant', role?: WeightRole): Value {
    return this.#given(tensor, name, { constant: false, role });
  }

  /** Adds numbers that are never trained. */
  constant(tensor: Tensor, name = 'constant'): Value {
    return this.#given(tensor, name, { constant: true });
  }

  #given(data: Tensor, wanted: string, facts: ValueFacts): Value {
    checkName('initializer', wanted);
    const name = this.uniqueName(wanted);
    return this.#register(new Value(this, name, data.type, data.dims, { ...facts, data }));
  }

  /**
   * Adds a node and returns its first output.
   *
   * @throws GraphError when the operator does not take such inputs, or a known shape does not fit.
   */
  apply(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): Value {
    const [first] = this.applyAll(operator, inputs, attributes, options);
    if (first === undefined) throw new GraphError(`${operator}: a node needs an output.`);
    return first;
  }

  /**
   * Adds a node and returns all its outputs.
   *
   * @throws GraphError as {@link apply} does.
   */
  applyAll(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): Value[] {
    for (const input of inputs) {
      if (input !== undefined && input.graph !== this) {
        throw new GraphError(
          `${operator}: input "${input.name}" belongs to the graph "${input.graph.name}", not "${this.name}".`,
        );
      }
    }
    const name = this.#uniqueNodeName(this.#scope + (options.name || operator));
    const domain = options.domain ?? '';
    const count = options.outputs?.length ?? options.outputCount ?? 1;
    const draft = { name, operator, domain, inputs, attributes, outputCount: count };
    const follows = options.like ? [] : inferShapes(draft);
    const inferred = options.like ? [options.like].flat() : completed(follows, count, options.told);
    const held = count === 1 ? heldByOutput(draft) : undefined;
    const outputs: Value[] = [];
    const node: Node = { name, operator, domain, inputs, outputs, attributes };
    for (let i = 0; i < count; i++) {
      const { type, shape } = inferred[i] ?? { type: assumedType(draft), shape: undefined };
      const sizes = shape && this.#sizes(shape, `${operator} (node "${name}")`);
      const told = inferred[i] !== undefined && (shape === undefined ? !follows[i] : !follows[i]?.shape);
      const wanted = options.outputs?.[i];
      const own =
        wanted === undefined
          ? this.uniqueName(i === 0 ? `${name}_output` : `${name}_output_${i}`)
          : this.#claim(wanted);
      outputs.push(this.#register(new Value(this, own, type, sizes, { producer: node, held, told })));
    }
    this.#nodes.push(node);
    return [...outputs];
  }

  /**
   * Adds nodes under a common name: `graph.within('conv1/gradient', () => …)` makes nodes `conv1/gradient/Mul` and the
   * like, by which a profile tells them apart. Scopes nest.
   */
  within<T>(scope: string, addNodes: () => T): T {
    const outer = this.#scope;
    this.#scope = `${outer}${scope}/`;
    try {
      return addNodes();
    } finally {
      this.#scope = outer;
    }
  }

  /** Declares a value to be an output of the graph. */
  output(value: Value): Value {
    checkName('output', value.name);
    if (!this.#outputs.includes(value)) this.#outputs.push(value);
    return value;
  }

  /** Declares these values, and no others, to be the outputs of the graph. */
  setOutputs(values: readonly Value[]): void {
    this.#outputs.splice(0);
    for (const value of values) this.output(value);
  }

  /**
   * Puts the nodes in another order.
   *
   * @throws GraphError when these are not the nodes of the graph, or cannot run in that order.
   */
  reorder(nodes: readonly Node[]): void {
    const own = new Set(this.#nodes);
    const done = new Set<Node>();
    for (const node of nodes) {
      const early = node.inputs.find((input) => input?.producer && !done.has(input.producer));
      if (!own.has(node) || done.has(node) || early) {
        const why = early
          ? `"${early.name}" is computed after it`
          : 'it is no node of the graph, or is there twice';
        throw new GraphError(`Reordering "${this.name}": node "${node.name}" cannot stand there; ${why}.`);
      }
      done.add(node);
    }
    if (done.size < own.size) {
      throw new GraphError(`Reordering "${this.name}": ${own.size - done.size} of its nodes are missing.`);
    }
    this.#nodes = [...nodes];
  }

  /** Has what is fed for an input of labels checked; of several ranges, what is common to them counts. */
  expectLabels(labels: Value, range: LabelRange): void {
    const known = this.#labels.get(labels);
    this.#labels.set(labels, known ? commonRange(known, range) : range);
  }

  /** Of an input of labels: which numbers may be fed. */
  labelsOf(input: Value): LabelRange | undefined {
    return this.#labels.get(input);
  }

  /** Keeps names for outputs of nodes that are still to come: only a node that asks for one of them by name gets it. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#reserved.add(name);
  }

  /** Gives a reserved name free, for whatever comes next. */
  release(name: string): void {
    this.#reserved.delete(name);
  }

  /**
   * The value of that name.
   *
   * @throws GraphError when there is none; it lists similar names.
   */
  value(name: string): Value {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const similar = [...this.#values.keys()].filter((other) => other.includes(name) || name.includes(other));
    const hint =
      similar.length > 0
        ? ` Did you mean ${similar
            .slice(0, 3)
            .map((n) => `"${n}"`)
            .join(', ')}?`
        : '';
    throw new GraphError(`The graph "${this.name}" has no value "${name}".${hint}`);
  }

  /** `name`, or `name_2`, `name_3` … when it is taken. */
  uniqueName(name: string): string {
    const taken = (candidate: string) => this.#values.has(candidate) || this.#reserved.has(candidate);
    if (!taken(name) && name !== '') return name;
    let candidate: string;
    do candidate = `${name || 'value'}_${++this.#counter}`;
    while (taken(candidate));
    return candidate;
  }

  /** The name that a node asks for, which may have been kept for just this. */
  #claim(name: string): string {
    this.release(name);
    return this.uniqueName(name);
  }

  #uniqueNodeName(name: string): string {
    const seen = this.#nodeNames.get(name) ?? 0;
    this.#nodeNames.set(name, seen + 1);
    return seen === 0 ? name : this.#uniqueNodeName(`${name}_${seen + 1}`);
  }

  /** A shape whose sizes are sound. Symbols grow with every operator that combines them: long ones get a new name. */
  #sizes(shape: Shape, of: string): Shape {
    checkSizes(shape, of);
    const isLong = (size: Dimension) => typeof size === 'string' && size.length > longestSymbol;
    return shape.some(isLong)
      ? shape.map((size) => (isLong(size) ? `size#${++this.#counter}` : size))
      : shape;
  }

  #register(value: Value): Value {
    this.#values.set(value.name, value);
    return value;
  }
}

/** Types and shapes of outputs, with what is told of them where a rule does not tell. */
function completed(
  inferred: readonly ValueType[],
  count: number,
  told: NodeOptions['told'],
): readonly (ValueType | undefined)[] {
  const isComplete = inferred.length >= count && inferred.every(({ shape }) => shape !== undefined);
  if (told === undefined || isComplete) return inferred;
  const others = told();
  return Array.from({ length: count }, (_, i) => {
    const [own, other] = [inferred[i], others[i]];
    return own === undefined ? other : { type: own.type, shape: own.shape ?? other?.shape };
  });
}

/** ONNX Runtime is fed, and answers, by the keys of an object, of which this one is its prototype and not a key. */
function checkName(what: string, name: string): void {
  if (name !== '__proto__') return;
  throw new GraphError(
    `An ${what} cannot be called "${name}" in JavaScript: give it another name in the file.`,
  );
}
