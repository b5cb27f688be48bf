import type { Attributes } from '../../../src/graph/attributes.js';
import { int64 } from '../../../src/tensor.js';
import { distinct, type Row, uniform } from '../row.js';

const axesCases: readonly (readonly [string, readonly number[] | undefined])[] = [
  ['all axes by default', undefined],
  ['first axis', [0]],
  ['middle axis', [1]],
  ['negative axes', [-1, -3]],
  ['two axes out of order', [2, 1]],
  ['all axes', [0, 1, 2]],
];

const positive = ['ReduceProd', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp'] as const;

export const reductionRows: readonly Row[] = axesCases
  .flatMap(([name, axes]) =>
    [1, 0].flatMap((keepdims): Row[] => {
      const attributes: Attributes = { keepdims, ...(axes && { axes }) };
      const common = { name: `${name}, keepdims ${keepdims}`, batched: [0] };
      return [
        { operator: 'ReduceMean', ...common, inputs: [uniform([2, 3, 4])], attributes },
        { operator: 'ReduceMax', ...common, inputs: [distinct([2, 3, 4])], attributes },
        { operator: 'ReduceMin', ...common, inputs: [distinct([2, 3, 4])], attributes },
        { operator: 'ReduceL1', ...common, inputs: [uniform([2, 3, 4], -1, 1, [0])], attributes },
        ...positive.map((operator) => ({
          operator,
          ...common,
          inputs: [uniform([2, 3, 4], 0.5, 2)],
          attributes,
        })),
        {
          operator: 'ReduceSum',
          ...common,
          inputs: [uniform([2, 3, 4]), ...(axes ? [int64(axes)] : [])],
          attributes: { keepdims },
        },
      ];
    }),
  )
  .concat([
    {
      operator: 'ReduceSum',
      name: 'no axes, asked to do nothing then',
      inputs: [uniform([2, 3]), int64([])],
      attributes: { noop_with_empty_axes: 1 },
      batched: [0],
    },
    {
      operator: 'ReduceMean',
      name: 'a vector to a scalar',
      inputs: [uniform([5])],
      attributes: { keepdims: 0 },
    },
  ]);
