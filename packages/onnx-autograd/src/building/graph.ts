import { GraphError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import { checkSizes, type Dimension, describeShape, longestSymbol, type Shape } from '../graph/shape.js';
import { heldByOutput } from '../shapes/held.js';
import { inferShapes } from '../shapes/table.js';
import type { ElementType, Tensor } from '../tensor.js';

/** A tensor that flows through a graph. It is a graph input, an initializer (it has `data`), or the output of a node. */
export class Value {
  /** The node that computes it; `undefined` for inputs and initializers. */
  producer: Node | undefined;
  /** Numbers known before the graph runs: weights and constants. */
  data: Tensor | undefined;
  /** Whether its `data` belong to the computation, as an exponent does, and are no weights to be trained. */
  constant = false;
  /** The numbers that it will have when the graph runs, where they are a few sizes that can be told before. */
  held: Shape | undefined;
  /** Of an input of labels: how many classes there are. What is fed are whole numbers from 0 up to, not including, it. */
  classes: number | undefined;

  constructor(
    /** The graph that it belongs to. */
    readonly graph: Graph,
    /** Unique in its graph. */
    readonly name: string,
    /** Type of its elements. */
    readonly type: ElementType,
    /** `undefined` where not even the number of axes can be told before the graph runs. */
    readonly shape: Shape | undefined,
  ) {}

  /**
   * The shape.
   *
   * @throws GraphError when it is not known; it says why.
   */
  get knownShape(): Shape {
    if (this.shape === undefined) {
      throw new GraphError(`The shape of "${this.name}" is not known: ${whyUnknown(this)}.`);
    }
    return this.shape;
  }

  /**
   * The number of axes.
   *
   * @throws GraphError when the shape is not known.
   */
  get rank(): number {
    return this.knownShape.length;
  }

  /** Name and shape, for messages. */
  toString(): string {
    return `${this.name} ${describeShape(this.shape)}`;
  }
}

/** Where the shapes upstream of a value cease to be known. */
function whyUnknown(value: Value): string {
  const { producer } = value;
  if (producer === undefined) return `the input "${value.name}" was declared without one`;
  const earlier = producer.inputs.find((input) => input !== undefined && input.shape === undefined);
  if (earlier) return whyUnknown(earlier);
  return `what ${producer.operator} (node "${producer.name}") makes cannot be told before the graph runs`;
}

/** One operator applied to values. */
export interface Node {
  /** Unique in its graph; errors and profiles speak of the node by it. */
  readonly name: string;
  /** As the ONNX standard names it, such as `Conv`. */
  readonly operator: string;
  /** `''` is the ONNX standard's own domain. */
  readonly domain: string;
  /** In the order of the standard, absent optional ones as `undefined`. */
  readonly inputs: readonly (Value | undefined)[];
  /** In the order of the standard. */
  readonly outputs: readonly Value[];
  /** Those that were given; absent ones have the standard’s defaults. */
  readonly attributes: Attributes;
}

/** Type and shape of a value. */
export type ValueType = Pick<Value, 'type' | 'shape'>;

/** What is particular about a node beside operator, inputs and attributes. */
export interface NodeOptions {
  /** Names of the outputs; made up from the operator when absent. An empty name leaves an optional output out. */
  readonly outputs?: readonly string[];
  /** How many outputs to make when their names do not matter. */
  readonly outputCount?: number;
  /** Made up from the operator when absent; a number is added when it is taken. */
  readonly name?: string;
  /** Of the operator; `''`, the default, is the standard’s own. */
  readonly domain?: string;
  /** Shape and type of the output, or of each, where its operator has no shape rule or the rule cannot tell. */
  readonly like?: ValueType | readonly ValueType[];
}

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
export class Graph {
  /** In the order in which they were declared. */
  readonly inputs: Value[] = [];
  /** The values declared by {@link output}, in that order. */
  readonly outputs: Value[] = [];
  /** In an order in which they can run. */
  readonly nodes: Node[] = [];
  /** Names kept for values that are still to come: none that is made up takes one of them. */
  readonly reserved = new Set<string>();
  readonly #values = new Map<string, Value>();
  readonly #nodeNames = new Map<string, number>();
  #counter = 0;
  #scope = '';

  /** @param name by which errors and files call it. */
  constructor(readonly name = 'graph') {}

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
    const sizes = shape && this.#sizes(shape, `The input "${name}"`);
    const value = this.#register(new Value(this, this.uniqueName(name), type, sizes));
    this.inputs.push(value);
    return value;
  }

  /** Adds numbers known before the graph runs. A weight to be trained is an initializer too. */
  initializer(tensor: Tensor, name = 'constant'): Value {
    const value = this.#register(new Value(this, this.uniqueName(name), tensor.type, tensor.dims));
    value.data = tensor;
    return value;
  }

  /** Adds numbers that are never trained. */
  constant(tensor: Tensor, name?: string): Value {
    const value = this.initializer(tensor, name);
    value.constant = true;
    return value;
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
    const inferred = options.like ? [options.like].flat() : inferShapes(draft);
    const outputs = Array.from({ length: count }, (_, i) => {
      const { type, shape } = inferred[i] ?? { type: 'float32' as const, shape: undefined };
      const wanted = options.outputs?.[i] ?? (i === 0 ? `${name}_output` : `${name}_output_${i}`);
      const sizes = shape && this.#sizes(shape, `${operator} (node "${name}")`);
      return this.#register(new Value(this, this.uniqueName(wanted), type, sizes));
    });
    if (outputs[0] && count === 1) outputs[0].held = heldByOutput(draft);
    const node: Node = { name, operator, domain, inputs, outputs, attributes };
    for (const output of outputs) output.producer = node;
    this.nodes.push(node);
    return outputs;
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
    if (!this.outputs.includes(value)) this.outputs.push(value);
    return value;
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
    const taken = (candidate: string) => this.#values.has(candidate) || this.reserved.has(candidate);
    if (!taken(name) && name !== '') return name;
    let candidate: string;
    do candidate = `${name || 'value'}_${++this.#counter}`;
    while (taken(candidate));
    return candidate;
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
