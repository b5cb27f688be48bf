import { float } from '../../../src/graph/attributes.js';
import { float32, type Tensor } from '../../../src/tensor.js';
import { type Row, uniform } from '../row.js';

function batchNormalization(name: string, x: readonly number[], training: boolean, epsilon?: number): Row {
  const channels = [x[1] as number];
  return {
    operator: 'BatchNormalization',
    name: `${training ? 'training' : 'evaluation'}, ${name}`,
    inputs: [
      uniform(x),
      ...[uniform(channels, 0.5, 2), uniform(channels), uniform(channels), uniform(channels, 0.5, 2)],
    ],
    attributes: { training_mode: training ? 1 : 0, ...(epsilon && { epsilon: float(epsilon) }) },
    outputCount: training ? 3 : 1,
    differentiated: [0, 1, 2],
    batched: [0],
    tolerance: 3e-4,
  };
}

const bool = (value: boolean): Tensor => ({ type: 'bool', dims: [], data: Uint8Array.of(value ? 1 : 0) });

export const normalizationRows: readonly Row[] = [
  ...[true, false].flatMap((training) => [
    batchNormalization('rank 2', [5, 3], training),
    batchNormalization('rank 3', [3, 2, 4], training),
    batchNormalization('rank 4', [2, 3, 3, 4], training),
    batchNormalization('rank 5', [2, 2, 2, 3, 2], training),
    batchNormalization('large epsilon', [2, 3, 3, 4], training, 0.5),
  ]),
  { operator: 'Dropout', name: 'evaluation by default', inputs: [uniform([2, 3])], batched: [0] },
  { operator: 'Dropout', name: 'evaluation with a ratio', inputs: [uniform([2, 3]), float32(0.3)] },
  {
    operator: 'Dropout',
    name: 'evaluation asked for',
    inputs: [uniform([2, 3]), float32(0.3), bool(false)],
    outputCount: 2,
  },
  {
    operator: 'Dropout',
    name: 'training that keeps all',
    inputs: [uniform([2, 3]), float32(0), bool(true)],
    outputCount: 2,
  },
  ...['Softmax', 'LogSoftmax'].flatMap((operator) =>
    [undefined, 0, 1, 2, -2].map(
      (axis): Row => ({
        operator: operator as 'Softmax' | 'LogSoftmax',
        name: axis === undefined ? 'default axis' : `axis ${axis}`,
        inputs: [uniform([3, 4, 2], -2, 2)],
        attributes: axis === undefined ? {} : { axis },
        batched: axis === 0 ? [] : [0],
      }),
    ),
  ),
];
