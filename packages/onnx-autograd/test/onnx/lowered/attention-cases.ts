import { int, number } from '../opset-model.js';
import { drawn, given, heads, type Lowered } from './lowered.js';

/** Three places of two samples, four features; keys and values of five places. */
const keys = { k: [2, 5, 4], v: [2, 5, 6] };
const apart = { k: [2, 2, 5, 3], v: [2, 2, 5, 3] };
const mask = [1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1];

/** Three places of two features, each of which sees itself and the one before. */
function windowed(q: readonly number[], k: readonly number[], v: readonly number[]): number[] {
  const row = (list: readonly number[], i: number) => list.slice(2 * i, 2 * i + 2) as [number, number];
  return [0, 1, 2].flatMap((i) => {
    const seen = [i - 1, i].filter((j) => j >= 0);
    const likeness = seen.map((j) =>
      Math.exp((row(q, i)[0] * row(k, j)[0] + row(q, i)[1] * row(k, j)[1]) / Math.SQRT2),
    );
    const total = likeness.reduce((a, b) => a + b, 0);
    return [0, 1].map((feature) =>
      seen.reduce(
        (sum, j, at) => sum + ((likeness[at] as number) / total) * (row(v, j)[feature] as number),
        0,
      ),
    );
  });
}

export const attentionCases: readonly Lowered[] = [
  {
    what: 'heads side by side',
    operator: 'Attention',
    opset: 23,
    attributes: heads(2),
    ...given(keys),
    shape: [2, 3, 6],
  },
  {
    what: 'heads apart, causal, a scale',
    operator: 'Attention',
    opset: 23,
    attributes: [int('is_causal', 1), number('scale', 0.3)],
    x: [2, 2, 4, 3],
    ...given(apart),
    shape: [2, 2, 4, 3],
  },
  {
    what: 'several heads of queries for one of keys, a mask',
    operator: 'Attention',
    opset: 24,
    x: [2, 4, 3, 3],
    more: { k: drawn([2, 2, 5, 3]), v: drawn([2, 2, 5, 3], 2), mask },
    dims: { ...apart, mask: [3, 5] },
    shape: [2, 4, 3, 3],
  },
  {
    what: 'a mask that is added',
    operator: 'Attention',
    opset: 23,
    x: [2, 2, 3, 3],
    ...given({ ...apart, added: [3, 5] }),
    shape: [2, 2, 3, 3],
  },
  {
    what: 'behind a cache, causal, what is kept and what is alike',
    operator: 'Attention',
    opset: 24,
    attributes: [int('is_causal', 1), int('qk_matmul_output_mode', 3)],
    x: [2, 2, 3, 3],
    more: {
      ...{ k: drawn([2, 2, 3, 3], 2), v: drawn([2, 2, 3, 3], 3), absent: [] },
      ...{ past_k: drawn([2, 2, 2, 3], 4), past_v: drawn([2, 2, 2, 3], 5) },
    },
    dims: { k: [2, 2, 3, 3], v: [2, 2, 3, 3], past_k: [2, 2, 2, 3], past_v: [2, 2, 2, 3] },
    outputs: 4,
    shape: [2, 2, 3, 3],
  },
  {
    what: 'as many keys as each sample has',
    operator: 'Attention',
    opset: 24,
    x: [2, 2, 3, 3],
    more: {
      ...{ k: drawn([2, 2, 5, 3], 2), v: drawn([2, 2, 5, 3], 3), absent_mask: [], absent_past: [] },
      ...{ absent_value: [], sizes: [4, 3] },
    },
    dims: { k: [2, 2, 5, 3], v: [2, 2, 5, 3] },
    shape: [2, 2, 3, 3],
  },
  {
    what: 'a window',
    operator: 'Attention',
    opset: 25,
    attributes: [int('left_window_size', 1), int('right_window_size', 0)],
    x: [1, 1, 3, 2],
    more: { k: drawn([1, 1, 3, 2], 2), v: drawn([1, 1, 3, 2], 3) },
    dims: { k: [1, 1, 3, 2], v: [1, 1, 3, 2] },
    shape: ['batch', 1, 3, 2],
    defined: (x) => windowed(x, drawn([6], 2), drawn([6], 3)),
  },
];
