import { OnnxFormatError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import { shapeHeldBy } from '../../shapes/held.js';
import type { ElementType } from '../../tensor.js';
import { outputsOf, type Reading } from '../reading.js';
import { type AttributeProto, attributeTypes, type GraphProto, type NodeProto } from '../schema.js';
import { isValue, type Named } from '../scope.js';

/** A node of control flow, as a file has it. */
export interface Flow {
  /** By which messages call it: operator and node. */
  readonly what: string;
  /** Put before the names within. */
  readonly prefix: string;
  readonly operator: string;
  readonly node: NodeProto;
  readonly opset: number;
  readonly inputs: readonly (Named | undefined)[];
  /** Their names in the file. */
  readonly outputs: readonly string[];
}

/** What a node of control flow leaves: what each of its outputs is. */
export type Results = readonly (Named | undefined)[];

/** The node with what its inputs stand for. */
export function flowOf({ scope, computed }: Reading, node: NodeProto, opset: number): Flow {
  const operator = node.opType ?? '';
  const outputs = outputsOf(node);
  const name = node.name || outputs[0] || operator;
  const what = `${operator} (node "${name}")`;
  const inputs = (node.input ?? []).map((input) => {
    const found = input === '' ? undefined : scope.find(input);
    if (found !== undefined || input === '') return found;
    const circle = computed.has(input) ? ' but a node that needs this one' : '';
    throw new OnnxFormatError(`${what}: nothing${circle} computes its input "${input}".`);
  });
  return { what, prefix: `${scope.prefix}${name}/`, operator, node, opset, inputs, outputs };
}

/** @throws OnnxFormatError when the node has no such graph. */
export function graphIn({ node, what }: Flow, name: string): GraphProto {
  const found = node.attribute?.find((attribute) => attribute.name === name);
  if (found?.g !== undefined) return found.g;
  throw new OnnxFormatError(`${what}: the graph "${name}" is missing.`);
}

/** The attributes that are no graphs. */
export function plainAttributes({ node }: Flow): AttributeProto[] {
  return (node.attribute ?? []).filter(({ type }) => type !== attributeTypes.graph);
}

/**
 * An input that is one number or truth value.
 *
 * @throws OnnxFormatError when it is of another type or shape, or a sequence.
 */
export function single({ what, inputs }: Flow, position: number, type: ElementType): Value | undefined {
  const input = inputs[position];
  if (input === undefined) return undefined;
  const isOne = isValue(input) && (input.shape ?? []).every((size) => typeof size === 'string' || size === 1);
  if (isOne && input.type === type) return input;
  const found = isValue(input) ? `"${input}", ${input.type}` : 'a sequence';
  throw new OnnxFormatError(`${what}: its input ${position} must be one ${type}; it is ${found}.`);
}

/** The number that a value is, where it is known before the graph runs. */
export function knownNumber(value: Value | undefined): number | undefined {
  const held = value && shapeHeldBy(value);
  return held?.length === 1 && typeof held[0] === 'number' ? held[0] : undefined;
}
