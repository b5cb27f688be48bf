import { GraphError } from '../errors.js';
import type { LabelRange } from '../labels.js';
import type { ElementType, Tensor } from '../tensor.js';
import type { Attributes } from './attributes.js';
import { describeShape, type Shape } from './shape.js';

/**
 * What the exporter of a file tells of numbers in it: they are a `parameter` of the module, which it learns; or a
 * `constant`, which it does not, such as a buffer; or a `member`, one or the other.
 */
export type WeightRole = 'parameter' | 'constant' | 'member';

/** What is known of a value when it is made, beside its type and shape. */
export interface ValueFacts {
  /** The node that computes it. */
  readonly producer?: Node;
  /** Numbers known before the graph runs. */
  readonly data?: Tensor;
  /** Whether its `data` belong to the computation, as an exponent does. */
  readonly constant?: boolean;
  /** What the exporter of its file tells of its `data`, where it tells something. */
  readonly role?: WeightRole | undefined;
  /** The numbers that it will have when the graph runs, where they are a few sizes that can be told before. */
  readonly held?: Shape | undefined;
  /** Whether its shape, or at least its type, was told, and does not follow from its node. */
  readonly told?: boolean;
}

/** A tensor that flows through a graph. It is a graph input, an initializer (it has `data`), or the output of a node. */
export class Value {
  /** The node that computes it; `undefined` for inputs and initializers. */
  readonly producer: Node | undefined;
  /** Numbers known before the graph runs: weights and constants. */
  readonly data: Tensor | undefined;
  /** Whether its `data` belong to the computation, as an exponent does, and are no weights to be trained. */
  readonly constant: boolean;
  /** What the exporter of its file tells of its `data`; `undefined` where it tells nothing. */
  readonly role: WeightRole | undefined;
  /** The numbers that it will have when the graph runs, where they are a few sizes that can be told before. */
  readonly held: Shape | undefined;
  /**
   * Whether its shape, or at least its type, was told, and does not follow from its node.
   *
   * @hidden
   */
  readonly told: boolean;

  /**
   * Values are made by their graph: `graph.input`, `graph.initializer`, `graph.constant`, `graph.apply`.
   *
   * @hidden
   */
  constructor(
    /** The graph that it belongs to. */
    readonly graph: GraphBuilder,
    /** Unique in its graph. */
    readonly name: string,
    /** Type of its elements. */
    readonly type: ElementType,
    /** `undefined` where not even the number of axes can be told before the graph runs. */
    readonly shape: Shape | undefined,
    { producer, data, constant = false, role, held, told = false }: ValueFacts = {},
  ) {
    this.producer = producer;
    this.data = data;
    this.constant = constant;
    this.role = role;
    this.held = held;
    this.told = told;
  }

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

/**
 * The size of an axis that is known before the graph runs.
 *
 * @param axis counted from the back when it is negative.
 * @throws GraphError when the value has no such axis, or its size has only a name, such as the batch.
 */
export function sizeAt(value: Value, axis: number): number {
  const size = value.knownShape.at(axis);
  if (typeof size === 'number') return size;
  throw new GraphError(
    size === undefined
      ? `"${value.name}" ${describeShape(value.shape)} has no axis ${axis}.`
      : `The size of axis ${axis} of "${value.name}" ${describeShape(value.shape)} must be a number; "${size}" is known ` +
          'only when the graph runs.',
  );
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
  /** Asked for type and shape of each output only where its operator has no shape rule or the rule cannot tell. */
  readonly told?: () => readonly (ValueType | undefined)[];
}

/**
 * What a formula needs of the graph whose values it is given: to add nodes to it. Every `Graph` is one.
 *
 * @experimental
 */
export interface GraphBuilder {
  /** By which errors and files call it. */
  readonly name: string;
  /** Declares an input. */
  input(name: string, shape: Shape | undefined, type?: ElementType): Value;
  /** Adds numbers known before the graph runs. A weight to be trained is an initializer too. */
  initializer(tensor: Tensor, name?: string, role?: WeightRole): Value;
  /** Adds numbers that are never trained. */
  constant(tensor: Tensor, name?: string): Value;
  /** Adds a node and returns its first output. */
  apply(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): Value;
  /** Adds a node and returns all its outputs. */
  applyAll(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): Value[];
  /** Adds nodes under a common name. */
  within<T>(scope: string, addNodes: () => T): T;
  /** Declares a value to be an output of the graph. */
  output(value: Value): Value;
  /** Has what is fed for an input of labels checked. */
  expectLabels(labels: Value, range: LabelRange): void;
}
