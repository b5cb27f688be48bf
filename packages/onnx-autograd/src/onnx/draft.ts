import { OnnxFormatError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';

/** A node as a file has it. */
export interface Draft {
  readonly operator: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly string[];
  /** The standard's own when absent. */
  readonly domain?: string;
}

/** Brings a node of some opset to the form of opset 17; what it needs besides is added to the graph. */
export type Conversion = (draft: Draft, opset: number) => Draft;

/**
 * Writes a node as several: all but the last ones of each output are added to the graph, so that those can be given the
 * names that the file has for what the node computes.
 */
export type Lowering = (draft: Draft, opset: number) => readonly Draft[];

export function without({ attributes }: Draft, ...names: string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

export function first(draft: Draft): Value {
  const [x] = draft.inputs;
  if (x === undefined) throw new OnnxFormatError(`${draft.operator}: input 0 is missing.`);
  return x;
}

/** A value under the name that the file has for it. */
export function named(value: Value, output: string): Draft {
  return { operator: 'Identity', inputs: [value], attributes: {}, outputs: [output] };
}
