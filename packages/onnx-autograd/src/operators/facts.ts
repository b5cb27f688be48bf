import type { AttributeName } from './attribute-kinds.js';
import type { Slot } from './slots.js';

/** What may be true of an operator, beside its types, shapes and gradient. */
export type Trait =
  /** It lays the same numbers out in another shape or order, of the same type. */
  | 'layoutOnly'
  /** It passes every number on, at most as another type, in another shape or several times. */
  | 'passesOn'
  /** Each element of the output depends on that of the first input only, by a function that is no straight line. */
  | 'activation'
  /** It treats each sample of the first axis by itself, as far as its other inputs have no samples. */
  | 'perSample'
  /** It sums products of numbers: what a network's time is spent on. */
  | 'product';

/** What is true of an operator in opset 17. */
export interface OperatorFacts {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** The names of all attributes. */
  readonly attributes: ReadonlySet<AttributeName>;
  /** Of those, the ones that have no default. */
  readonly required: readonly AttributeName[];
  /** The positions of the inputs that hold weights when they are initializers; of `several`, all or none. */
  readonly weights: readonly number[];
  readonly traits: ReadonlySet<Trait>;
}

interface More {
  readonly attributes?: readonly AttributeName[];
  readonly required?: readonly AttributeName[];
  readonly weights?: readonly number[];
  readonly traits?: readonly Trait[];
}

export function operator(
  inputs: readonly Slot[],
  outputs: readonly Slot[],
  { attributes = [], required = [], weights = [], traits = [] }: More = {},
): OperatorFacts {
  return {
    inputs,
    outputs,
    attributes: new Set([...attributes, ...required]),
    required,
    weights,
    traits: new Set(traits),
  };
}
