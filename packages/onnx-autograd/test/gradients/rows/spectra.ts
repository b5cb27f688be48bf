import type { Attributes } from '../../../src/graph/attributes.js';
import { float32, int64 } from '../../../src/tensor.js';
import { type Row, uniform } from '../row.js';

/** Linear: a large step in single precision is exact. */
const single = { precision: 'float32' } as const;

function fourier(name: string, dims: readonly number[], attributes: Attributes = {}, length?: number): Row {
  const more = length === undefined ? [] : [int64(length)];
  return { operator: 'DFT', name, inputs: [uniform(dims), ...more], attributes, batched: [0], ...single };
}

const tapered = float32(Array.from({ length: 6 }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / 6)));

export const spectraRows: readonly Row[] = [
  fourier('of real numbers', [2, 8, 1]),
  fourier('of real numbers, one side', [2, 8, 1], { onesided: 1 }),
  fourier('an odd length, one side', [2, 7, 1], { onesided: 1 }),
  fourier('of complex numbers', [2, 6, 2]),
  fourier('the inverse', [2, 6, 2], { inverse: 1 }),
  fourier('the inner of two axes', [2, 3, 4, 1], { axis: 2 }),
  fourier('filled up to a length', [2, 5, 1], { onesided: 1 }, 8),
  fourier('cut to a length', [2, 9, 2], {}, 6),
  fourier('real numbers of one side', [2, 5, 2], { inverse: 1, onesided: 1 }),
  fourier('an odd count of real numbers of one side', [2, 4, 2], { inverse: 1, onesided: 1 }, 7),
  fourier('real numbers of more than one side', [2, 6, 2], { inverse: 1, onesided: 1 }, 8),
  {
    operator: 'STFT',
    name: 'a window, frames that overlap',
    inputs: [uniform([2, 20, 1]), int64(3), tapered],
    batched: [0],
    ...single,
  },
  {
    operator: 'STFT',
    name: 'no window, both sides',
    inputs: [uniform([2, 17, 1]), int64(4), undefined, int64(5)],
    attributes: { onesided: 0 },
    batched: [0],
    ...single,
  },
  {
    operator: 'STFT',
    name: 'a window and its length',
    inputs: [uniform([1, 16, 1]), int64(8), tapered, int64(6)],
    ...single,
  },
];
