import { type Attributes, float } from '../../../src/graph/attributes.js';
import { float32, type Tensor } from '../../../src/tensor.js';
import { type Row, tensorOf, uniform } from '../row.js';

const gatesOf = { LSTM: 4, GRU: 3, RNN: 1 } as const;

/** Three steps of two samples, three features in, two units. (The time is what comes first.) */
function row(
  operator: keyof typeof gatesOf,
  name: string,
  attributes: Attributes = {},
  more: readonly (Tensor | undefined)[] = [],
): Row {
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const gates = gatesOf[operator] * 2;
  return {
    operator,
    name,
    inputs: [
      uniform([3, 2, 3]),
      uniform([directions, gates, 3]),
      uniform([directions, gates, 2]),
      ...(more.length > 0 ? more : [uniform([directions, 2 * gates])]),
    ],
    attributes: { hidden_size: 2, ...attributes },
    outputCount: operator === 'LSTM' ? 3 : 2,
    ...(!more[1] && { batched: [0] }),
    precision: 'float32',
    step: 1 / 64,
    tolerance: 1e-3,
  };
}

const numbers = (dims: readonly number[]): Tensor =>
  float32(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(5 * i + 1) / 2),
    dims,
  );
const lengths = tensorOf('int32', [2], [3, 1]);

/** The tests beside the formulas in `recurrent/` go through all that these layers can be told. */
export const recurrentRows: readonly Row[] = [
  row('LSTM', 'forward'),
  row('LSTM', 'both directions', { direction: 'bidirectional' }),
  row('LSTM', 'backward, of given lengths and states', { direction: 'reverse' }, [
    ...[numbers([1, 16]), lengths, numbers([1, 2, 2]), numbers([1, 2, 2])],
  ]),
  row('LSTM', 'peepholes', {}, [...[numbers([1, 16]), undefined, undefined, undefined], numbers([1, 6])]),
  row('GRU', 'forward, the reset applied before the product'),
  row('GRU', 'both directions, the reset applied behind the product', {
    direction: 'bidirectional',
    linear_before_reset: 1,
  }),
  row('GRU', 'backward, of given lengths and states', { direction: 'reverse' }, [
    ...[numbers([1, 12]), lengths, numbers([1, 2, 2])],
  ]),
  row('RNN', 'forward'),
  row('RNN', 'rectifiers, cut sums', {
    activations: { strings: ['Relu'] },
    clip: float(4),
  }),
  row('RNN', 'backward, of given lengths and states', { direction: 'reverse' }, [
    ...[numbers([1, 4]), lengths, numbers([1, 2, 2])],
  ]),
];
