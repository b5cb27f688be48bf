import { add, concat, matMul, mul, sub, sum, unsqueeze } from '../../building/expressions.js';
import { scan } from '../../building/scan.js';
import { readInt } from '../../graph/attributes.js';
import type { Value } from '../../graph/value.js';
import { type ManyOutputsRule, required, zerosLike } from '../rule.js';
import { type Activation, activationsOf } from './activations.js';
import { cellsOf, cellsOfPeepholes, peepholesOf, withPeepholes } from './cells.js';
import { RecurrentLayer } from './layer.js';
import { keptBeyond, times } from './slopes.js';

/**
 * `c = f c' + i g`, `h = o tanh(c)` with the gates `i`, `o`, `f` and the candidate `g` of input and state before (Hochreiter
 * and Schmidhuber 1997; Gers et al. 2000). All gates are computed again at once, from the input and the states that the
 * layer made; a loop of two nodes a step finds the cells again. Only what must be is done step by step on the way back: the
 * gradient of a step's gates, and its product with the recurrent weights. With peepholes the gates look at the cells, too;
 * where they are coupled (`input_forget`) the gate `f` is `1 - i`.
 */
export const longShortTermMemory: ManyOutputsRule = {
  everyOutput(context) {
    const [ofGates, ofCandidate, ofCell] = activationsOf(context.node) as [
      Activation,
      Activation,
      Activation,
    ];
    const layer = new RecurrentLayer(context, 4);
    const [, , , , , firstState, firstCell] = context.inputs;
    const [weights, recurrence] = [required(context, 1), required(context, 2)];
    const isCoupled = readInt(context.node.attributes, 'input_forget', 0) === 1;
    const { x, present } = layer;
    const before = layer.stacked(layer.shifted(layer.steps(layer.y), firstState));
    const given = add(layer.product(x, weights, 'ofInput'), layer.product(before, recurrence, 'ofState'));
    const peepholes = peepholesOf(context, layer.hidden);
    const looking = peepholes && { peepholes, ofGates, ofCandidate, isCoupled };
    const lookedAt = looking && cellsOfPeepholes(layer, given, looking, firstCell);
    const { sums, within } = layer.bounded(
      peepholes && lookedAt ? withPeepholes(layer, given, peepholes, lookedAt, firstCell) : given,
    );
    const sumsOfGates = layer.gate(sums, 0, 3);
    const gates = ofGates.of(sumsOfGates);
    const sumsOfCandidate = layer.gate(sums, 3);
    const candidate = ofCandidate.of(sumsOfCandidate);
    const [input, output, own] = [0, 1, 2].map((i) => layer.gate(gates, i)) as [Value, Value, Value];
    const forget = isCoupled ? sub(1, input) : own;
    const cells = lookedAt ?? cellsOf(layer, forget, mul(input, candidate), firstCell);
    const sumsOfCell = layer.stacked(cells);
    const cell = ofCell.of(sumsOfCell);
    const cellBefore = layer.stacked(layer.shifted(cells, firstCell));

    // How the sums of the gates move the cell, or, in the second place, the state.
    const moved = isCoupled
      ? concat([sub(candidate, cellBefore), cell, zerosLike(cellBefore)], 2)
      : concat([candidate, cell, cellBefore], 2);
    const byGates = mul(
      moved,
      ofGates.slope(() => sumsOfGates, gates),
    );
    const byCandidate = mul(
      input,
      ofCandidate.slope(() => sumsOfCandidate, candidate),
    );
    const factors = times(concat([byGates, byCandidate], 2), within, present);
    const ofOutput = times(
      output,
      ofCell.slope(() => sumsOfCell, cell),
      present,
    );
    // By a peephole the cell moves the state through the output's gate, too, and the cell before through the two others.
    const through = (gate: number) =>
      mul(layer.gate(factors, gate), unsqueeze(peepholes?.[gate] as Value, [1]));
    const stateToCell = peepholes ? add(ofOutput, through(1)) : ofOutput;
    const kept = keptBeyond(forget, present);
    const cellToBefore = peepholes ? add(kept, add(through(0), through(2))) : kept;
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
    const toPeepholes = () => {
      const seen = concat([cellBefore, sumsOfCell, cellBefore], 2);
      return sum(mul(layer.gate(found, 0, 3), seen), [1], false);
    };
    return [
      ...parameters,
      undefined,
      ...back.states,
      peepholes && context.wants(7) ? toPeepholes() : undefined,
    ];
  },
};
