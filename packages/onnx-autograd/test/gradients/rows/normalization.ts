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

/** The next running statistics, or what is made with those that are told. */
function runningStatistics(output: number, training: boolean): Row {
  const row = batchNormalization('', [3, 2, 4], training);
  return {
    ...row,
    name: training
      ? `training, running ${output === 1 ? 'mean' : 'variance'}`
      : 'evaluation, running statistics',
    attributes: { ...row.attributes, momentum: float(0.25) },
    output,
    differentiated: training ? [0, output + 2] : [3, 4],
  };
}

const bool = (value: boolean): Tensor => ({ type: 'bool', dims: [], data: Uint8Array.of(value ? 1 : 0) });

const single = { precision: 'float32', step: 1 / 64, tolerance: 1e-3 } as const;

function layerNormalization(name: string, x: readonly number[], axis: number | undefined, bias = true): Row {
  const normalized = x.slice(axis ?? -1);
  const biases = bias ? [uniform(normalized)] : [];
  return {
    operator: 'LayerNormalization',
    name,
    inputs: [uniform(x), uniform(normalized, 0.5, 2), ...biases],
    attributes: axis === undefined ? {} : { axis, epsilon: float(0.1) },
    batched: [0],
    ...single,
  };
}

function instanceNormalization(x: readonly number[]): Row {
  const channels = [x[1] as number];
  return {
    operator: 'InstanceNormalization',
    name: `rank ${x.length}`,
    inputs: [uniform(x), uniform(channels, 0.5, 2), uniform(channels)],
    attributes: { epsilon: float(0.01) },
    batched: [0],
    ...single,
  };
}

function localResponse(size: number, alpha: number): Row {
  return {
    operator: 'LRN',
    name: `${size} channels`,
    inputs: [uniform([2, 5, 2, 3], -2, 2)],
    attributes: { size, alpha: float(alpha), beta: float(0.75), bias: float(1.5) },
    batched: [0],
    ...single,
  };
}

export const normalizationRows: readonly Row[] = [
  layerNormalization('the last axis', [2, 3, 6], undefined),
  layerNormalization('two axes', [2, 3, 4], -2),
  layerNormalization('axis counted from the front, no bias', [3, 4, 2], 1, false),
  ...[1, 2].map(
    (output): Row => ({
      ...layerNormalization('', [2, 3, 4], -2),
      name: `two axes, their ${output === 1 ? 'mean' : 'inverse deviation'}`,
      outputCount: 3,
      output,
      differentiated: [0],
      tolerance: 3e-3,
    }),
  ),
  instanceNormalization([2, 3, 5]),
  instanceNormalization([2, 2, 3, 4]),
  localResponse(3, 0.5),
  localResponse(5, 1),

  ...[true, false].flatMap((training) => [
    batchNormalization('rank 2', [5, 3], training),
    batchNormalization('rank 3', [3, 2, 4], training),
    batchNormalization('rank 4', [2, 3, 3, 4], training),
    batchNormalization('rank 5', [2, 2, 2, 3, 2], training),
    batchNormalization('large epsilon', [2, 3, 3, 4], training, 0.5),
  ]),
  runningStatistics(0, false),
  runningStatistics(1, true),
  runningStatistics(2, true),
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
  ...[1, 2].flatMap((p) =>
    [undefined, 0, 1].map(
      (axis): Row => ({
        operator: 'LpNormalization',
        name: `p ${p}, ${axis === undefined ? 'default axis' : `axis ${axis}`}`,
        inputs: [uniform([3, 4, 2], -2, 2, [0])],
        attributes: { p, ...(axis !== undefined && { axis }) },
        batched: axis === 0 ? [] : [0],
        ...single,
      }),
    ),
  ),
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
