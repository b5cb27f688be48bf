import { GraphError } from '../errors.js';
import { type Attributes, readInts } from '../graph/attributes.js';
import { normaliseAxis, type Shape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { type ElementType, toNumbers } from '../tensor.js';

/** A node about to be made: what a shape rule may look at. */
export interface NodeDraft {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
}

/** Type and shape of one output. */
export interface OutputType {
  readonly type: ElementType;
  readonly shape: Shape | undefined;
}

/** Tells the types and shapes of a node's outputs. Called only when the shapes of all inputs are known. */
export type ShapeRule = (node: NodeDraft) => readonly OutputType[];

/** The input at a position, or an error that names the operator. */
export function input(node: NodeDraft, position: number): Value {
  const value = node.inputs[position];
  if (value === undefined)
    throw new GraphError(`${node.operator} (node "${node.name}"): input ${position} is missing.`);
  return value;
}

/** Lists of sizes, axes and bounds are short; anything longer is a map, or a file that is broken. */
export const heldAtMost = 256;

/**
 * The whole numbers that an input lists; `undefined` when they are known only when the graph runs. What stands for an
 * input that is absent is another matter, and for the caller to say.
 */
export function constantNumbers(value: Value): number[] | undefined {
  if (value.shape?.includes(0)) return [];
  if (value.data === undefined) return undefined;
  if (value.data.data.length > heldAtMost) {
    throw new GraphError(
      `"${value.name}" has ${value.data.data.length} elements where a list of at most ${heldAtMost} is due.`,
    );
  }
  const numbers = toNumbers(value.data);
  if (!numbers.every(Number.isInteger)) {
    throw new GraphError(`"${value.name}" is ${numbers.join(', ')} where a list of whole numbers is due.`);
  }
  return numbers;
}

/**
 * The axes that an operator names in an attribute or, in newer versions, an input: none when both are absent or empty,
 * `undefined` when they are known only when the graph runs.
 */
export function namedAxes({
  inputs: [, axes],
  attributes,
}: Pick<NodeDraft, 'inputs' | 'attributes'>): readonly number[] | undefined {
  return readInts(attributes, 'axes') ?? (axes === undefined ? [] : constantNumbers(axes));
}

/** Axes counted from the front, in their order. */
export function sortedAxes(axes: readonly number[], rank: number, operator: string): number[] {
  return axes.map((axis) => normaliseAxis(axis, rank, operator)).sort((a, b) => a - b);
}

/**
 * The shape of the first input.
 *
 * @throws GraphError when that is a scalar.
 */
export function shapeWithAxes(node: NodeDraft): Shape {
  const x = input(node, 0).knownShape;
  if (x.length > 0) return x;
  throw new GraphError(`${node.operator} (node "${node.name}"): a scalar has no axis.`);
}

/** The output is like the first input. */
export const sameAsInput: ShapeRule = (node) => {
  const { type, shape } = input(node, 0);
  return [{ type, shape }];
};
