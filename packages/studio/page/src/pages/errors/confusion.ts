import type { ClipView } from '../../../../src/views/clips.ts';

/** Rows are the true classes, columns what was said. */
export type Matrix = readonly (readonly number[])[];

/** How often each class was taken for each by a method, over all its answers about some clips. */
export function confusionOf(clips: readonly ClipView[], classes: number, method: number): Matrix {
  const matrix = zeros(classes);
  for (const { truth, answers } of clips) {
    for (const [, said] of answers[method] ?? []) add(matrix, truth, said, 1);
  }
  return matrix;
}

export interface ConfusionDifference {
  readonly matrix: Matrix;
  /** Answers of the method that the reference has none beside: they are not in the difference. */
  readonly unpaired: number;
}

/** A method's counts less those of the reference, over the answers about the same clip in the same repetition. */
export function confusionDifference(
  clips: readonly ClipView[],
  classes: number,
  method: number,
): ConfusionDifference {
  const matrix = zeros(classes);
  let unpaired = 0;
  for (const { truth, answers } of clips) {
    const reference = new Map((answers[0] ?? []).map(([repetition, said]) => [repetition, said]));
    for (const [repetition, said] of answers[method] ?? []) {
      const before = reference.get(repetition);
      if (before === undefined) {
        unpaired += 1;
        continue;
      }
      add(matrix, truth, said, 1);
      add(matrix, truth, before, -1);
    }
  }
  return { matrix, unpaired };
}

export function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function zeros(classes: number): number[][] {
  return Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
}

function add(matrix: number[][], truth: number, said: number, count: number): void {
  const row = matrix[truth];
  if (row?.[said] !== undefined) row[said] += count;
}
