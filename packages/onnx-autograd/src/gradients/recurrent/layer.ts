import {
  abs,
  add,
  cast,
  concat,
  fusedMatMul,
  less,
  lessOrEqual,
  matMul,
  pad,
  reshape,
  shape,
  slice,
  sub,
  sum,
  transpose,
  unsqueeze,
} from '../../building/expressions.js';
import type { Graph } from '../../building/graph.js';
import { UnsupportedOperatorError } from '../../errors.js';
import { readFloat, readInt, readString } from '../../graph/attributes.js';
import type { Dimension } from '../../graph/shape.js';
import { sizeAt, type Value } from '../../graph/value.js';
import { float32, int64 } from '../../tensor.js';
import { type GradientContext, required } from '../rule.js';
import { times } from './slopes.js';

type Context = Omit<GradientContext, 'dy'>;

/** A size in a shape: that of the time axis, of the batch, or a number. */
type Size = 'time' | 'batch' | number;

/** Shares of the gradient that reach the sums of a step's gates, `(directions, time * batch, gates * hidden)`. */
export interface GateGradients {
  /** By what is computed of the input. */
  readonly ofInput: Value;
  /** By what is computed of the state before. */
  readonly ofState: Value;
}

/**
 * A recurrent layer as its gradient sees it. Values are laid out in two ways. Stacked, `(directions, time * batch,
 * features)`, all steps at once: what large matrix products want. As steps, `(time, directions, batch, features)`: what a
 * loop goes through. In both, time is the order in which a direction reads, so that one loop serves both directions.
 */
export class RecurrentLayer {
  readonly graph: Graph;
  readonly hidden: number;
  /** Whether each direction begins with the last element. */
  readonly reversed: readonly boolean[];
  /** How many steps each sequence has, int64 `(batch)`; all of them when absent. */
  readonly lengths: Value | undefined;
  /** 1 for a step that its sequence has, 0 behind its end: stacked, for all directions and features. */
  readonly present: Value | undefined;
  readonly #sizes: Readonly<Record<'time' | 'batch', Dimension>>;

  /** @param gates how many there are. */
  constructor(
    readonly context: Context,
    readonly gates: number,
  ) {
    const { graph, node, inputs } = context;
    if (readInt(node.attributes, 'layout', 0) === 1) {
      throw new UnsupportedOperatorError(
        node.operator,
        node.name,
        'layout 1 has no gradient, nor a kernel in ONNX Runtime: give it the time first.',
      );
    }
    this.graph = graph;
    this.hidden = sizeAt(required(context, 2), -1);
    const direction = readString(node.attributes, 'direction', 'forward');
    this.reversed = direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
    const [time, batch] = required(context, 0).knownShape as [Dimension, Dimension];
    this.#sizes = { time, batch };
    const lengths = inputs[4];
    this.lengths = lengths && cast(lengths, 'int64');
    this.present = this.lengths && this.#presentOf(this.lengths);
  }

  /** What the layer is given, stacked. */
  get x(): Value {
    return this.#inOrder(() => required(this.context, 0), sizeAt(required(this.context, 0), 2));
  }

  /** What the layer makes, stacked. */
  get y(): Value {
    return this.#inOrder(this.#direction(this.context.outputs[0] as Value), this.hidden);
  }

  /**
   * The gradient of what the layer makes, as steps; nothing where only the last states count. Behind the end of a sequence
   * the layer makes zeros whatever it is given.
   */
  get dy(): Value | undefined {
    const dy = this.context.dys[0];
    return dy && this.steps(times(this.#inOrder(this.#direction(dy), this.hidden), this.present));
  }

  /** The gradient of a last state, or zeros: `(directions, batch, hidden)`. */
  lastGradient(output: number): Value {
    return this.context.dys[output] ?? this.noState;
  }

  /** Zeros in the shape of a state, `(directions, batch, hidden)`. */
  get noState(): Value {
    const sizes = [this.reversed.length, 'batch', this.hidden] as const;
    return this.graph.apply('ConstantOfShape', [this.#list(sizes)]);
  }

  /** Before each step the element of the step before, as steps. */
  shifted(steps: Value, first: Value | undefined): Value {
    if (first === undefined) return pad(steps, [1, 0, 0, 0], [-1, 0, 0, 0]);
    const earlier = slice(steps, [0], [-1], [0]);
    return this.graph.apply('Concat', [unsqueeze(first, [0]), earlier], { axis: 0 }, { like: steps });
  }

  /** Stacked values as steps. */
  steps(stacked: Value): Value {
    const features = sizeAt(stacked, 2);
    const directions = this.reversed.length;
    return directions === 1
      ? this.#as(stacked, ['time', 1, 'batch', features])
      : transpose(this.#as(stacked, [directions, 'time', 'batch', features]), [1, 0, 2, 3]);
  }

  /** Steps as stacked values. */
  stacked(steps: Value): Value {
    const ordered = this.reversed.length === 1 ? steps : transpose(steps, [1, 0, 2, 3]);
    return reshape(ordered, [this.reversed.length, -1, sizeAt(steps, 3)]);
  }

  /**
   * What weights make of stacked values, with their bias.
   *
   * @param half which half of the biases.
   * @param from the first of the gates that are computed, and the one behind the last.
   */
  product(
    stacked: Value,
    weights: Value,
    half: 'ofInput' | 'ofState',
    [from, to] = [0, this.gates] as readonly [number, number],
  ): Value {
    const made = fusedMatMul(stacked, this.rows(weights, from, to), { transB: 1 });
    const biases = this.context.inputs[3];
    if (biases === undefined) return made;
    const first = half === 'ofInput' ? 0 : this.gates * this.hidden;
    const bounds = [[first + from * this.hidden], [first + to * this.hidden]] as const;
    return add(made, unsqueeze(slice(biases, ...bounds, [1]), [1]));
  }

  /** The rows of weights, `(directions, gates * hidden, features)`, that belong to some of the gates. */
  rows(weights: Value, from: number, to: number): Value {
    if (from === 0 && to === this.gates) return weights;
    return slice(weights, [from * this.hidden], [to * this.hidden], [1]);
  }

  /** Some of the gates, counted from 0, of what holds all of them along its last axis. */
  gate(all: Value, from: number, to = from + 1): Value {
    return slice(all, [from * this.hidden], [to * this.hidden], [all.rank - 1]);
  }

  /** Whether the sums of gates are cut to bounds. */
  get isBounded(): boolean {
    return readFloat(this.context.node.attributes, 'clip', 0) > 0;
  }

  /** The sums of gates within the bounds that the layer has, and where they lie within (nothing without bounds). */
  bounded(sums: Value): { readonly sums: Value; readonly within: Value | undefined } {
    if (!this.isBounded) return { sums, within: undefined };
    const bound = readFloat(this.context.node.attributes, 'clip', 0);
    const bounds = [-bound, bound].map((value) => sums.graph.constant(float32(value), 'clip'));
    return {
      sums: sums.graph.apply('Clip', [sums, ...bounds]),
      within: cast(lessOrEqual(abs(sums), bound), 'float32'),
    };
  }

  #presentOf(lengths: Value): Value {
    const { graph } = this;
    const bounds = [0, 1].map((value) => graph.constant(int64(value), 'bound'));
    const count = graph.apply('Squeeze', [this.#size('time'), graph.constant(int64([0]), 'axis')]);
    const range = graph.apply('Range', [bounds[0], count, bounds[1]]);
    const isThere = less(unsqueeze(range, [1]), unsqueeze(lengths, [0]));
    return cast(reshape(isThere, [1, -1, 1]), 'float32');
  }

  /** 1 for the steps that a sequence does not have, as `(time, 1, batch, 1)`. */
  beyond(present: Value): Value {
    return this.#as(sub(1, present), ['time', 1, 'batch', 1]);
  }

  /**
   * The gradients of input, weights, recurrent weights and biases, from those of the gates.
   *
   * @param before what the recurrent weights were multiplied by, or how their gradient is found otherwise.
   */
  parameters(
    { ofInput, ofState }: GateGradients,
    x: Value,
    before: Value | (() => Value),
  ): (Value | undefined)[] {
    const { wants } = this.context;
    const toRecurrence = () =>
      typeof before === 'function' ? before() : fusedMatMul(ofState, before, { transA: 1 });
    const toBiases = () => concat([sum(ofInput, [1], false), sum(ofState, [1], false)], 1);
    return [
      wants(0) ? this.#toInput(ofInput) : undefined,
      wants(1) ? fusedMatMul(ofInput, x, { transA: 1 }) : undefined,
      wants(2) ? toRecurrence() : undefined,
      wants(3) ? toBiases() : undefined,
    ];
  }

  #toInput(ofInput: Value): Value {
    const all = matMul(ofInput, required(this.context, 1));
    const parts = this.reversed.map((_, direction) => {
      const own = slice(all, [direction], [direction + 1], [0]);
      return this.#read(this.#as(own, ['time', 'batch', sizeAt(all, 2)]), direction);
    });
    return parts.reduce((a, b) => add(a, b));
  }

  /** One direction's values, `(time, batch, hidden)`, of all. */
  #direction(all: Value): (direction: number) => Value {
    return (direction) =>
      this.#as(slice(all, [direction], [direction + 1], [1]), ['time', 'batch', this.hidden]);
  }

  #inOrder(of: (direction: number) => Value, features: number): Value {
    const parts = this.reversed.map((_, direction) =>
      reshape(this.#read(of(direction), direction), [1, -1, features]),
    );
    return parts.length === 1 ? (parts[0] as Value) : concat(parts as [Value, ...Value[]], 0);
  }

  /** `(time, batch, features)` in the order in which a direction reads, and back. */
  #read(x: Value, direction: number): Value {
    if (!this.reversed[direction]) return x;
    if (this.lengths !== undefined) {
      const attributes = { batch_axis: 1, time_axis: 0 };
      return this.graph.apply('ReverseSequence', [x, this.lengths], attributes, { like: x });
    }
    const bounds = [[-1], [-Number.MAX_SAFE_INTEGER], [0], [-1]];
    const lists = bounds.map((list) => this.graph.constant(int64(list), 'backwards'));
    return this.graph.apply('Slice', [x, ...lists], {}, { like: x });
  }

  #as(x: Value, sizes: readonly Size[]): Value {
    const known = sizes.map((size) => (typeof size === 'number' ? size : this.#sizes[size]));
    const open = known.filter((size) => typeof size === 'string').length;
    if (open > 1) return reshape(x, this.#list(sizes));
    return reshape(
      x,
      known.map((size) => (typeof size === 'number' ? size : -1)),
    );
  }

  /** Sizes as a value, `(rank)`. */
  #list(sizes: readonly Size[]): Value {
    const parts = sizes.map((size) =>
      typeof size === 'number' ? this.graph.constant(int64([size]), 'size') : this.#size(size),
    );
    return concat(parts as [Value, ...Value[]], 0);
  }

  #size(name: 'time' | 'batch'): Value {
    const known = this.#sizes[name];
    if (typeof known === 'number') return this.graph.constant(int64([known]), name);
    const axis = name === 'time' ? 0 : 1;
    return slice(shape(required(this.context, 0)), [axis], [axis + 1], [0]);
  }
}
