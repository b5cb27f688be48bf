import { transpose } from '../building/expressions.js';
import { readInt } from '../graph/attributes.js';
import { type Draft, first, type Lowering, without } from './draft.js';

/** Where the batch comes first (layout 1) a recurrent layer is written with the time first: there are no kernels of the other. */
export const timeFirst: Lowering = (draft) => {
  if (readInt(draft.attributes, 'layout', 0) === 0)
    return [{ ...draft, attributes: without(draft, 'layout') }];
  const [x, weights, recurrence, biases, lengths, state, cell, peepholes] = draft.inputs;
  const exchanged = (value: typeof state) => value && transpose(value, [1, 0, 2]);
  const inputs = [
    ...[x && exchanged(x), weights, recurrence, biases, lengths],
    ...[exchanged(state), exchanged(cell), peepholes],
  ];
  const made = first(draft).graph.applyAll(
    draft.operator,
    inputs.slice(0, draft.inputs.length),
    without(draft, 'layout'),
    { outputCount: draft.outputs.length },
  );
  return made.map((value, i): Draft => {
    const perm = i === 0 ? [2, 0, 1, 3] : [1, 0, 2];
    return {
      operator: 'Transpose',
      inputs: [value],
      attributes: { perm },
      outputs: [draft.outputs[i] ?? ''],
    };
  });
};
