import { add, matMul, mul } from '../../building/expressions.js';
import { scan } from '../../building/scan.js';
import type { Value } from '../../graph/value.js';
import { type ManyOutputsRule, required } from '../rule.js';
import { type Activation, activationsOf } from './activations.js';
import { RecurrentLayer } from './layer.js';
import { times } from './slopes.js';

/** `h = f(input, h')`, usually with a hyperbolic tangent (Elman 1990), whose slope is found from what it made. */
export const simpleRecurrence: ManyOutputsRule = {
  everyOutput(context) {
    const [activation] = activationsOf(context.node) as [Activation];
    const layer = new RecurrentLayer(context, 1);
    const matrix = required(context, 2);
    const { x, y, present, dy } = layer;
    const before = layer.stacked(layer.shifted(layer.steps(y), context.inputs[5]));
    const sums = () =>
      add(layer.product(x, required(context, 1), 'ofInput'), layer.product(before, matrix, 'ofState'));
    const bounded = layer.isBounded ? layer.bounded(sums()) : undefined;
    const slope = times(
      activation.slope(() => bounded?.sums ?? sums(), y),
      bounded?.within,
      present,
    );
    const back = scan(
      {
        states: [layer.lastGradient(1)],
        sequences: [layer.steps(slope), ...(dy ? [dy] : []), ...(present ? [layer.beyond(present)] : [])],
        outer: [matrix],
        backwards: true,
      },
      ({ states: [later], elements, outer: [weights] }) => {
        const [factor, ...others] = elements as [Value, ...Value[]];
        const state = dy ? add(later as Value, others.shift() as Value) : (later as Value);
        const dSums = mul(state, factor);
        const toState = matMul(dSums, weights as Value);
        const [beyond] = others;
        return { states: [beyond ? add(toState, mul(state, beyond)) : toState], elements: [dSums] };
      },
    );
    const found = layer.stacked(back.sequences[0] as Value);
    const parameters = layer.parameters({ ofInput: found, ofState: found }, x, before);
    return [...parameters, undefined, ...back.states];
  },
};
