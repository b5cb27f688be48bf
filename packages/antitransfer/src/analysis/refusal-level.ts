import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';

/** From which probability on an answer is given; below it a model has heard nothing that it knows. */
export interface RefusalLevel {
  /** In [0, 1]: what the most probable class must reach. */
  readonly probability: number;
  /** Part of the rightly recognised segments that reach it, at least. */
  readonly kept: number;
  /** Rightly recognised segments that it was fixed on. */
  readonly segments: number;
}

/** Part of what is recognised rightly that must still be said. */
const KEPT = 0.95;

/** A model in a file rounds otherwise than the one that was asked: the level is rounded down to so many steps. */
const STEPS = 1000;

/**
 * Fixes the level on labelled segments that a network did not learn from: the largest thousandth that the top probability
 * of at least 95 % of the rightly recognised segments reaches. Of fewer than twenty that is the lowest of them. A wrong
 * answer has no say, so the level knows nothing of how sure a network is of what is none of its classes.
 *
 * ```ts
 * refusalLevel([[0.9, 0.1], [0.3, 0.7]], [0, 1]); // { probability: 0.7, kept: 0.95, segments: 2 }
 * ```
 *
 * @param probabilities of each segment, a probability a class
 * @param labels the true class of each, from 0
 * @returns undefined when none is recognised rightly
 */
export function refusalLevel(
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
): RefusalLevel | undefined {
  const right = probabilities
    .filter((answer, row) => argmax(answer) === itemAt(labels, row))
    .map((answer) => itemAt(answer, argmax(answer)))
    .sort((a, b) => a - b);
  if (right.length === 0) return undefined;
  // Without a hundredth that rounding may bring: 20 x (1 - 0.95) is a little more than 1.
  const below = Math.floor(Number((right.length * (1 - KEPT)).toFixed(6)));
  const lowest = itemAt(right, below);
  // 0.29 x 1000 is a little less than 290; what single precision cannot tell is no reason to take a step less.
  const probability = Math.floor(Number((lowest * STEPS).toFixed(4))) / STEPS;
  return { probability, kept: KEPT, segments: right.length };
}
