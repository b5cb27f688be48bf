import { add, concat, matMul, mul, sigmoid, tanh } from '../../building/expressions.js';
import { scan } from '../../building/scan.js';
import type { Value } from '../../graph/value.js';
import { type ManyOutputsRule, required } from '../rule.js';
import { RecurrentLayer } from './layer.js';
import { activationsOf, keptBeyond, slopeOfSigmoid, slopeOfTanh, times } from './slopes.js';

/**
 * `c = f c' + i g`, `h = o tanh(c)` with the gates `i`, `o`, `f` and the candidate `g` of input and state before (Hochreiter
 * and Schmidhuber 1997; Gers et al. 2000). All gates are computed again at once, from the input and the states that the
 * layer made; a loop of two nodes a step finds the cells again. Only what must be is done step by step on the way back: the
 * gradient of a step's gates, and its product with the recurrent weights.
 */
export const longShortTermMemory: ManyOutputsRule = {
  everyOutput(context) {
    activationsOf(context, [['sigmoid', 'tanh', 'tanh']]);
    const layer = new RecurrentLayer(context, 4);
    const [, , , , , firstState, firstCell] = context.inputs;
    const [weights, recurrence] = [required(context, 1), required(context, 2)];
    const { x, present } = layer;
    const before = layer.stacked(layer.shifted(layer.steps(layer.y), firstState));
    const { sums, within } = layer.bounded(
      add(layer.product(x, weights, 'ofInput'), layer.product(before, recurrence, 'ofState')),
    );
    const gates = sigmoid(layer.gate(sums, 0, 3));
    const candidate = tanh(layer.gate(sums, 3));
    const [input, output, forget] = [0, 1, 2].map((i) => layer.gate(gates, i)) as [Value, Value, Value];
    const cells = cellsOf(layer, forget, mul(input, candidate), firstCell);
    const cell = tanh(layer.stacked(cells));
    const cellBefore = layer.stacked(layer.shifted(cells, firstCell));

    // How the sums of the gates move the cell, or, in the second place, the state.
    const byGates = mul(concat([candidate, cell, cellBefore], 2), slopeOfSigmoid(gates));
    const factors = times(concat([byGates, mul(input, slopeOfTanh(candidate))], 2), within, present);
    const stateToCell = times(output, slopeOfTanh(cell), present);
    const cellToBefore = keptBeyond(forget, present);
    const { dy } = layer;
    const back = scan(
      {
        states: [layer.lastGradient(1), layer.lastGradient(2)],
        sequences: [
          ...[factors, stateToCell, cellToBefore].map((stacked) => layer.steps(stacked)),
          ...(dy ? [dy] : []),
          ...(present ? [layer.beyond(present)] : []),
        ],
        outer: [recurrence],
        backwards: true,
      },
      ({ states: [later, laterCell], elements, outer: [matrix] }) => {
        const [byGate, toCell, toBefore, ...others] = elements as [Value, Value, Value, ...Value[]];
        const state = dy ? add(later as Value, others.shift() as Value) : (later as Value);
        const dCell = add(laterCell as Value, mul(state, toCell));
        const dSums = mul(concat([dCell, state, dCell, dCell], 2), byGate);
        const toState = matMul(dSums, matrix as Value);
        const [beyond] = others;
        return {
          states: [beyond ? add(toState, mul(state, beyond)) : toState, mul(dCell, toBefore)],
          elements: [dSums],
        };
      },
    );
    const found = layer.stacked(back.sequences[0] as Value);
    const parameters = layer.parameters({ ofInput: found, ofState: found }, x, before);
    return [...parameters, undefined, ...back.states];
  },
};

/** The cell after each step, as steps. */
function cellsOf(layer: RecurrentLayer, forget: Value, added: Value, first: Value | undefined): Value {
  const { sequences } = scan(
    {
      states: [first ?? layer.noState],
      sequences: [layer.steps(forget), layer.steps(added)],
      outer: [],
    },
    ({ states: [cell], elements: [kept, more] }) => {
      const next = add(mul(cell as Value, kept as Value), more as Value);
      return { states: [next], elements: [next] };
    },
  );
  return sequences[0] as Value;
}
