import { type Case, int } from '../opset-model.js';

/** Numbers of a shape, the same each time. */
export const drawn = (dims: readonly number[], from = 1): number[] =>
  Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + from));

export const microsoft = { domain: 'com.microsoft', opset: 17 } as const;

/** Further inputs of these shapes, with numbers. */
export const given = (dims: Readonly<Record<string, readonly number[]>>) => ({
  more: Object.fromEntries(Object.entries(dims).map(([name, list], i) => [name, drawn(list, i + 2)])),
  dims,
});
export const heads = (queries: number, ofKeys = queries) => [
  int('q_num_heads', queries),
  int('kv_num_heads', ofKeys),
];

/** Inputs of a convolution. */
export const convolution = {
  x: [2, 2, 4, 4],
  more: { w: drawn([3, 2, 3, 3]), b: [0.1, 0.2, -0.5] },
  dims: { w: [3, 2, 3, 3] },
  shape: ['batch', 3, 2, 2],
};

/** An operator that is read as several others. */
export interface Lowered extends Case {
  readonly what: string;
  /** What it computes, where ONNX Runtime does not know it yet. */
  readonly defined?: (x: readonly number[]) => number[];
  /** Whether a gradient passes; it does when absent. */
  readonly hasGradient?: boolean;
}
