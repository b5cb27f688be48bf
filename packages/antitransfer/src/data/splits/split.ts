import { UserError } from '../../errors.js';
import type { Clip } from '../clip.js';

/**
 * Which clips are learned from, which choose the model, and which test it. All clips of one file are on one side,
 * with those of copies of it.
 */
export interface Split {
  readonly train: readonly Clip[];
  readonly validation: readonly Clip[];
  readonly test: readonly Clip[];
  /** Clips of the orthogonal network, and of a penalty that looks at clips of its own. Never among the test clips. */
  readonly penalty?: { readonly train: readonly Clip[]; readonly validation: readonly Clip[] };
  /** Whether a clip's orthogonal label contradicts what the training clips make believe; absent without a confound. */
  readonly contradicts?: (clip: Clip) => boolean;
  /** One sentence for people. */
  readonly description: string;
}

export const sides = ['train', 'validation', 'test'] as const;

export type Side = (typeof sides)[number];

/** Something of each side, found in the order of {@link sides}. */
export function onSides<T>(of: (side: Side) => T): Record<Side, T> {
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

/** What the clips are split for. */
export interface SplitTask {
  /** Label column to learn. */
  readonly target: string;
  /** Label column to forget. */
  readonly orthogonal: string;
}

/** A split that the clips do not allow. */
export class SplitError extends UserError {
  override readonly name: string = 'SplitError';
}

/** The clips of each side, for a message: `train 70, validation 20, test 10`. */
export function sideCounts(split: Readonly<Record<Side, readonly unknown[]>>): string {
  return sides.map((side) => `${side} ${split[side].length}`).join(', ');
}
