import type { Draft, Lowering } from './draft.js';
import { asInOpset17 } from './opset-17.js';
import { timeFirst } from './recurrent.js';

/** Operators that are written as several nodes, by domain and name. */
const lowerings: Readonly<Record<string, Lowering>> = {
  LSTM: timeFirst,
  GRU: timeFirst,
  RNN: timeFirst,
};

/** The nodes that a node of a file becomes, in the form of opset 17. */
export function nodesInOpset17(draft: Draft, opset: number): readonly Draft[] {
  const name = draft.domain ? `${draft.domain}.${draft.operator}` : draft.operator;
  if (Object.hasOwn(lowerings, name)) return lowerings[name]?.(draft, opset) ?? [draft];
  return draft.domain ? [draft] : [asInOpset17(draft, opset)];
}
