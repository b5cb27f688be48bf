import type { Attributes } from '../../../src/graph/attributes.js';
import { float } from '../../../src/graph/attributes.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { type Row, uniform } from '../row.js';

/** In single precision: most of these have no other kernel. */
function activation(operator: Operator, kinks: readonly number[] = [], attributes: Attributes = {}): Row {
  const given = Object.keys(attributes).join(' and ');
  return {
    operator,
    name: given ? `${given} given` : 'defaults',
    inputs: [uniform([3, 5], -5, 5, kinks)],
    attributes,
    batched: [0],
    precision: 'float32',
    step: 1 / 64,
    tolerance: 1e-3,
  };
}

function parametricRelu(name: string, x: readonly number[], slope: readonly number[]): Row {
  const inputs = [uniform(x, -1, 1, [0]), uniform(slope)];
  return { operator: 'PRelu', name, inputs, batched: [0] };
}

export const activationRows: readonly Row[] = [
  activation('ThresholdedRelu', [1]),
  activation('ThresholdedRelu', [0.5], { alpha: float(0.5) }),
  activation('Elu', [0]),
  activation('Elu', [0], { alpha: float(0.6) }),
  activation('Selu', [0]),
  activation('Selu', [0], { alpha: float(1.5), gamma: float(0.8) }),
  activation('Celu', [0]),
  activation('Celu', [0], { alpha: float(2) }),
  activation('Softplus'),
  activation('Softsign', [0]),
  activation('HardSigmoid', [-2.5, 2.5]),
  activation('HardSigmoid', [-3, 3], { alpha: float(1 / 6), beta: float(0.5) }),
  activation('HardSwish', [-3, 3]),
  parametricRelu('a slope a channel', [2, 3, 2, 2], [3, 1, 1]),
  parametricRelu('one slope', [2, 3, 4], [1]),
  parametricRelu('a slope an element', [2, 3, 2], [3, 2]),
];
