import type { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import type { Random } from '../../src/random.js';
import { int64 } from '../../src/tensor.js';

/** What a move may use: the graph that grows, and chance. Everything else follows from the seed. */
export interface Growth {
  readonly graph: Graph;
  readonly random: Random;
  /** ONNX Runtime's CPU has no double kernels for some operators: `double` asks for a formula in their place. */
  readonly double: boolean;
  /** The sizes of a value, the batch's too. */
  sizes(value: Value): number[];
  /** A parameter with numbers around zero, of about the given deviation; it is differentiated too. */
  parameter(dims: readonly number[], deviation?: number, mean?: number): Value;
  constant(numbers: readonly number[], dims: readonly number[]): Value;
  /** Some earlier value of the shape, or of one that broadcasts to it. */
  other(value: Value): Value;
}

export interface Move {
  readonly operator: string;
  /** Whether it can be made on a value of these sizes. */
  suits(sizes: readonly number[]): boolean;
  make(growth: Growth, x: Value): Value;
}

export const isMap = (sizes: readonly number[]) => sizes.length === 3 || sizes.length === 4;
export const integers = (graph: Graph, list: readonly number[]) => graph.constant(int64(list), 'list');
/** A map in which a window finds room. */
export const isLarge = (sizes: readonly number[]) =>
  isMap(sizes) && sizes.slice(2).every((size) => size >= 2);
export const one = (x: Value, operator: string, attributes = {}) => x.graph.apply(operator, [x], attributes);
export const axesOf = (growth: Growth, x: Value) => growth.sizes(x).map((_, axis) => axis);
