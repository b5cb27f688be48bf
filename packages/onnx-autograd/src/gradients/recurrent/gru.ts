import { add, concat, fusedMatMul, matMul, mul, sub } from '../../building/expressions.js';
import { scan } from '../../building/scan.js';
import { readInt } from '../../graph/attributes.js';
import type { Value } from '../../graph/value.js';
import { type ManyOutputsRule, required } from '../rule.js';
import { type Activation, activationsOf } from './activations.js';
import { RecurrentLayer } from './layer.js';
import { keptBeyond, times } from './slopes.js';

/**
 * `h = (1 - z) n + z h'` with the gates `z` and `r` and the candidate `n` of input and state before (Cho et al. 2014). The
 * reset `r` is applied to the state before its product with the recurrent weights, or behind it (`linear_before_reset`, as
 * PyTorch has it). As for the long short-term memory, everything but the way back through the states is computed at once.
 */
export const gatedRecurrentUnit: ManyOutputsRule = {
  everyOutput(context) {
    const steps = new Steps(new RecurrentLayer(context, 3));
    const isBehind = readInt(context.node.attributes, 'linear_before_reset', 0) !== 0;
    return isBehind ? resetBehind(steps) : resetBefore(steps);
  },
};

/** What both forms have in common, stacked. */
class Steps {
  readonly x: Value;
  readonly before: Value;
  readonly ofInput: Value;
  /** Of the two gates; with the reset behind it, of the candidate too. */
  readonly ofState: Value;
  readonly matrix: Value;
  readonly update: Value;
  readonly reset: Value;
  /** Where the sums of the two gates lie within their bounds. */
  readonly within: Value | undefined;
  /** How the sums of the gates move them. */
  readonly #slopeOf: (gate: 'update' | 'reset') => Value;
  readonly #ofCandidate: Activation;

  constructor(readonly layer: RecurrentLayer) {
    const { context } = layer;
    const [ofGates, ofCandidate] = activationsOf(context.node) as [Activation, Activation];
    this.#ofCandidate = ofCandidate;
    this.matrix = required(context, 2);
    this.x = layer.x;
    this.before = layer.stacked(layer.shifted(layer.steps(layer.y), context.inputs[5]));
    this.ofInput = layer.product(this.x, required(context, 1), 'ofInput');
    const isBehind = readInt(context.node.attributes, 'linear_before_reset', 0) !== 0;
    this.ofState = layer.product(this.before, this.matrix, 'ofState', [0, isBehind ? 3 : 2]);
    const { sums, within } = layer.bounded(
      add(layer.gate(this.ofInput, 0, 2), layer.gate(this.ofState, 0, 2)),
    );
    this.within = within;
    const gates = ofGates.of(sums);
    this.update = layer.gate(gates, 0);
    this.reset = layer.gate(gates, 1);
    this.#slopeOf = (gate) => ofGates.slope(() => layer.gate(sums, gate === 'update' ? 0 : 1), this[gate]);
  }

  /** How a gate's sums move what it is a factor of. */
  slope(gate: 'update' | 'reset'): Value {
    const within = this.within && this.layer.gate(this.within, gate === 'update' ? 0 : 1);
    return times(this.#slopeOf(gate), within);
  }

  /** How the sums of the update's gate and of the candidate's move the state. */
  moves(ofCandidate: Value): { readonly byUpdate: Value; readonly byCandidate: Value } {
    const { present } = this.layer;
    const { sums, within } = this.layer.bounded(ofCandidate);
    const candidate = this.#ofCandidate.of(sums);
    return {
      byUpdate: times(sub(this.before, candidate), this.slope('update'), present),
      byCandidate: times(
        sub(1, this.update),
        this.#ofCandidate.slope(() => sums, candidate),
        within,
        present,
      ),
    };
  }

  /**
   * The way back through the states.
   *
   * @param factors of the gradient at each step, stacked.
   * @param matrices that its gates are multiplied by.
   * @param write the gradient that reaches the state before, beside what the update keeps of it; and a result.
   * @returns the results, stacked; the gradient of the first state.
   */
  back(
    factors: readonly Value[],
    matrices: readonly Value[],
    write: (
      state: Value,
      factors: readonly Value[],
      matrices: readonly Value[],
    ) => { readonly toBefore: Value; readonly result: Value },
  ): { readonly results: Value; readonly first: Value } {
    const { layer } = this;
    const { dy } = layer;
    const kept = keptBeyond(this.update, layer.present);
    const sequences = [kept, ...factors].map((stacked) => layer.steps(stacked));
    const { states, sequences: found } = scan(
      {
        states: [layer.lastGradient(1)],
        sequences: [...sequences, ...(dy ? [dy] : [])],
        outer: matrices,
        backwards: true,
      },
      ({ states: [later], elements, outer }) => {
        const [keeps, ...others] = elements as [Value, ...Value[]];
        const own = others.slice(0, factors.length);
        const state = dy ? add(later as Value, others.at(-1) as Value) : (later as Value);
        const { toBefore, result } = write(state, own, outer);
        return { states: [add(mul(state, keeps), toBefore)], elements: [result] };
      },
    );
    return { results: layer.stacked(found[0] as Value), first: states[0] as Value };
  }
}

function resetBehind(steps: Steps): (Value | undefined)[] {
  const { layer, reset } = steps;
  const recurrent = layer.gate(steps.ofState, 2);
  const { byUpdate, byCandidate } = steps.moves(add(layer.gate(steps.ofInput, 2), mul(reset, recurrent)));
  const byReset = mul(mul(byCandidate, recurrent), steps.slope('reset'));
  const byState = concat([byUpdate, byReset, mul(byCandidate, reset)], 2);
  const { results, first } = steps.back([byState], [steps.matrix], (state, [factors], [matrix]) => {
    const dSums = mul(concat([state, state, state], 2), factors as Value);
    return { toBefore: matMul(dSums, matrix as Value), result: state };
  });
  const states = concat([results, results, results], 2);
  const ofInput = mul(states, concat([byUpdate, byReset, byCandidate], 2));
  const gates = { ofInput, ofState: mul(states, byState) };
  return [...layer.parameters(gates, steps.x, steps.before), undefined, first];
}

function resetBefore(steps: Steps): (Value | undefined)[] {
  const { layer, reset, matrix, before } = steps;
  const chosen = mul(reset, before);
  const recurrent = layer.product(chosen, matrix, 'ofState', [2, 3]);
  const { byUpdate, byCandidate } = steps.moves(add(layer.gate(steps.ofInput, 2), recurrent));
  const byReset = mul(before, steps.slope('reset'));
  const matrices = [layer.rows(matrix, 0, 2), layer.rows(matrix, 2, 3)];
  const factors = [byUpdate, byReset, byCandidate, reset];
  const { results, first } = steps.back(factors, matrices, (state, own, [ofGates, ofCandidate]) => {
    const [toUpdate, toReset, toCandidate, resets] = own as [Value, Value, Value, Value];
    const dCandidate = mul(state, toCandidate);
    const dChosen = matMul(dCandidate, ofCandidate as Value);
    const dGates = concat([mul(state, toUpdate), mul(dChosen, toReset)], 2);
    return {
      toBefore: add(matMul(dGates, ofGates as Value), mul(dChosen, resets)),
      result: concat([dGates, dCandidate], 2),
    };
  });
  const toMatrix = () => {
    const ofGates = fusedMatMul(layer.gate(results, 0, 2), before, { transA: 1 });
    return concat([ofGates, fusedMatMul(layer.gate(results, 2), chosen, { transA: 1 })], 1);
  };
  const found = layer.parameters({ ofInput: results, ofState: results }, steps.x, toMatrix);
  return [...found, undefined, first];
}
