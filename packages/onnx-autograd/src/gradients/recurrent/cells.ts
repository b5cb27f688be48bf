import { add, concat, mul, slice, sub, unsqueeze } from '../../building/expressions.js';
import { scan } from '../../building/scan.js';
import type { Value } from '../../graph/value.js';
import type { GradientContext } from '../rule.js';
import type { Activation } from './activations.js';
import type { RecurrentLayer } from './layer.js';

// The cells of a long short-term memory, which the layer does not tell, found again.

/** By the gates of input, output and forgetting, `(directions, hidden)` each. */
type Peepholes = readonly [Value, Value, Value];

interface Looking {
  readonly peepholes: Peepholes;
  readonly ofGates: Activation;
  readonly ofCandidate: Activation;
  readonly isCoupled: boolean;
}

/** The weights by which the gates look at the cells, if there are some. */
export function peepholesOf(
  { inputs }: Pick<GradientContext, 'inputs'>,
  hidden: number,
): Peepholes | undefined {
  const all = inputs[7];
  if (all === undefined) return undefined;
  return [0, 1, 2].map((gate) =>
    slice(all, [gate * hidden], [(gate + 1) * hidden], [1]),
  ) as unknown as Peepholes;
}

/** The cell after each step, as steps. */
export function cellsOf(layer: RecurrentLayer, forget: Value, added: Value, first: Value | undefined): Value {
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

/** The same where the gates look at the cell before them: step by step.
 *
 * @param given the sums of all gates without what they see of the cells, stacked.
 */
export function cellsOfPeepholes(
  layer: RecurrentLayer,
  given: Value,
  { peepholes: [toInput, , toForget], ofGates, ofCandidate, isCoupled }: Looking,
  first: Value | undefined,
): Value {
  const candidate = ofCandidate.of(layer.bounded(layer.gate(given, 3)).sums);
  const { sequences } = scan(
    {
      states: [first ?? layer.noState],
      sequences: [layer.gate(given, 0), layer.gate(given, 2), candidate].map((one) => layer.steps(one)),
      outer: [toInput, toForget].map((one) => unsqueeze(one, [1])),
    },
    ({ states: [cell], elements, outer }) => {
      const [ofInput, ofForget, more] = elements as [Value, Value, Value];
      const gate = (sums: Value, peephole: Value) =>
        ofGates.of(layer.bounded(add(sums, mul(cell as Value, peephole))).sums);
      const [seen, seenByForget] = outer as [Value, Value];
      const input = gate(ofInput, seen);
      const forget = isCoupled ? sub(1, input) : gate(ofForget, seenByForget);
      const next = add(mul(cell as Value, forget), mul(input, more));
      return { states: [next], elements: [next] };
    },
  );
  return sequences[0] as Value;
}

/** The sums of all gates with what they see of the cells: the output's of the new one, the others of the one before. */
export function withPeepholes(
  layer: RecurrentLayer,
  given: Value,
  peepholes: Peepholes,
  cells: Value,
  first: Value | undefined,
): Value {
  const before = layer.stacked(layer.shifted(cells, first));
  const [toInput, toOutput, toForget] = peepholes.map((one) => unsqueeze(one, [1])) as [Value, Value, Value];
  const seen = [mul(before, toInput), mul(layer.stacked(cells), toOutput), mul(before, toForget)] as const;
  return concat([add(layer.gate(given, 0, 3), concat(seen, 2)), layer.gate(given, 3)], 2);
}
