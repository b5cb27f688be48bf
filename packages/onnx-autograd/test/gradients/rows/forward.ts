import { float32, int64, type Tensor } from '../../../src/tensor.js';
import { type Row, tensorOf, uniform } from '../row.js';

const bits = (dims: readonly number[], ...values: number[]): Tensor => tensorOf('bool', dims, values);
const comparisons = ['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'] as const;

/** Every operator that has no gradient. */
export const forwardRows: readonly Row[] = [
  ...comparisons.map(
    (operator): Row => ({
      operator,
      name: 'broadcast',
      inputs: [uniform([2, 1, 3]), uniform([4, 1])],
      batched: [0],
    }),
  ),
  { operator: 'And', name: 'broadcast', inputs: [bits([2, 1], 1, 0), bits([3], 1, 0, 1)] },
  ...(['Or', 'Xor'] as const).map(
    (operator): Row => ({ operator, name: 'broadcast', inputs: [bits([2, 1], 1, 0), bits([3], 1, 0, 1)] }),
  ),
  ...(['Floor', 'Ceil', 'Round'] as const).map(
    (operator): Row => ({ operator, name: 'a matrix', inputs: [uniform([2, 3], -3, 3)], batched: [0] }),
  ),
  { operator: 'Range', name: 'floating-point numbers', inputs: [float32(0.5), float32(2), float32(0.25)] },
  { operator: 'ArgMin', name: 'defaults', inputs: [uniform([2, 3])] },
  { operator: 'Size', name: 'of all axes', inputs: [uniform([2, 3])], batched: [0] },
  { operator: 'Range', name: 'whole numbers', inputs: [int64(2), int64(9), int64(3)] },
  { operator: 'NonZero', name: 'a matrix', inputs: [uniform([2, 3])] },
  { operator: 'Not', name: 'a matrix', inputs: [bits([2, 2], 1, 0, 0, 1)] },
  { operator: 'IsNaN', name: 'a matrix', inputs: [float32([1, Number.NaN, 0, Infinity], [2, 2])] },
  {
    operator: 'IsInf',
    name: 'of one sign',
    inputs: [float32([1, -Infinity, Number.NaN, Infinity], [2, 2])],
    attributes: { detect_negative: 0 },
  },
  { operator: 'Sign', name: 'a matrix', inputs: [uniform([2, 3])], batched: [0] },
  ...[0, 1, -1].flatMap((axis) =>
    [0, 1].map(
      (keepdims): Row => ({
        operator: 'ArgMax',
        name: `axis ${axis}, keepdims ${keepdims}`,
        inputs: [uniform([2, 3, 4])],
        attributes: { axis, keepdims },
        batched: [0],
      }),
    ),
  ),
  { operator: 'ArgMax', name: 'defaults', inputs: [uniform([2, 3])] },
  {
    operator: 'MelWeightMatrix',
    name: 'eight bins',
    inputs: [int64(8), int64(64), int64(8000), float32(20), float32(4000)],
  },
  ...(['HannWindow', 'HammingWindow', 'BlackmanWindow'] as const).flatMap((operator): Row[] => [
    { operator, name: 'periodic', inputs: [int64(8)] },
    { operator, name: 'symmetric', inputs: [int64(7)], attributes: { periodic: 0 } },
  ]),
  { operator: 'Shape', name: 'of all axes', inputs: [uniform([2, 3, 4])], batched: [0] },
  { operator: 'Shape', name: 'from the second axis', inputs: [uniform([2, 3, 4])], attributes: { start: 1 } },
  {
    operator: 'Shape',
    name: 'to the last axis',
    inputs: [uniform([2, 3, 4])],
    attributes: { start: -2, end: -1 },
  },
  { operator: 'ConstantOfShape', name: 'zeros', inputs: [int64([2, 3])] },
  {
    operator: 'ConstantOfShape',
    name: 'whole numbers',
    inputs: [int64([2])],
    attributes: { value: { tensor: int64([7]) } },
  },
];
