import { OnnxFormatError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';

/** A node of the standard's domain as a file has it. */
export interface Draft {
  readonly operator: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly string[];
}

/** Brings a node of some opset to the form of opset 17; what it needs besides is added to the graph. */
export type Conversion = (draft: Draft, opset: number) => Draft;

export function without({ attributes }: Draft, ...names: string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

export function first(draft: Draft): Value {
  const [x] = draft.inputs;
  if (x === undefined) throw new OnnxFormatError(`${draft.operator}: input 0 is missing.`);
  return x;
}
