import type { ElementType } from '../tensor.js';

// What an operator may take and make: element types, and how often.

/** A type that an operator leaves open. Wherever one operator has the same variable, the types are the same. */
export interface TypeVariable {
  /** What it may stand for. */
  readonly allowed: readonly ElementType[];
}

/** An input or output of an operator. */
export interface Slot {
  readonly type: TypeVariable;
  /** `several` is one or more, and stands last. */
  readonly count: 'one' | 'optional' | 'several';
}

function anyOf(...allowed: readonly ElementType[]): Slot {
  return { type: { allowed }, count: 'one' };
}

export function optional({ type }: Slot): Slot {
  return { type, count: 'optional' };
}

export function several({ type }: Slot): Slot {
  return { type, count: 'several' };
}

/** The slot at a position; the last one stands for all that follow. */
export function slotAt(slots: readonly Slot[], position: number): Slot | undefined {
  return slots[Math.min(position, slots.length - 1)];
}

const floats = ['float32', 'float64', 'float16'] as const;
const wideTypes = [...floats, 'int32', 'int64', 'uint32', 'uint64'] as const;
const numbers = [...wideTypes, 'int8', 'int16', 'uint8', 'uint16'] as const;

export const float32 = anyOf('float32');
export const int32 = anyOf('int32');
export const int64 = anyOf('int64');
export const bool = anyOf('bool');

// The standard's sets of types. A number tells apart what may differ in one operator.
export const [floating, floating2, floating3] = [anyOf(...floats), anyOf(...floats), anyOf(...floats)];
export const [element, element2] = [anyOf(...numbers, 'bool'), anyOf(...numbers, 'bool')];
export const numeric = anyOf(...numbers);
export const wide = anyOf(...wideTypes);
export const signed = anyOf(...floats, 'int8', 'int16', 'int32', 'int64');
export const ordered = anyOf(...wideTypes, 'int8', 'uint8');
export const index = anyOf('int32', 'int64');
export const pooled = anyOf(...floats, 'int8', 'uint8');
export const counted = anyOf('float32', 'float64', 'int16', 'int32', 'int64');
export const base = anyOf(...floats, 'int32', 'int64');
