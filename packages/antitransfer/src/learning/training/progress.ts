import { z } from 'zod';
import { type Choice, isBetter } from './choice.js';
import { type EpochMetrics, epochMetrics } from './epoch-metrics.js';
import type { TrainingSettings } from './settings.js';

/** Totals over the clips of an epoch. */
const sums = z.strictObject({
  clips: z.number(),
  crossEntropy: z.number(),
  correct: z.number(),
  seconds: z.number(),
  learningRate: z.number(),
  objectives: z.record(z.string(), z.number()),
});

export type Sums = z.infer<typeof sums>;

/** The best epoch so far and its scores on the validation clips. */
const best = epochMetrics.shape.validation.extend({ epoch: z.int() });

export type Best = Readonly<z.infer<typeof best>>;

/** How far a training is: what a checkpoint holds beside the weights. */
export const progressSchema = z.strictObject({
  /** The epoch under way, from 1. */
  epoch: z.int().positive(),
  /** Batches of it that are done. */
  batch: z.int().nonnegative(),
  /** Over those batches. */
  sums,
  /** The epochs that are done. */
  epochs: z.array(epochMetrics),
  best: best.optional(),
  /** Of computing, over all sessions. */
  seconds: z.number().nonnegative(),
});

export interface TrainingProgress extends Readonly<Omit<z.infer<typeof progressSchema>, 'epochs' | 'best'>> {
  readonly epochs: readonly EpochMetrics[];
  readonly best?: Best | undefined;
}

export function emptySums(): Sums {
  return { clips: 0, crossEntropy: 0, correct: 0, seconds: 0, learningRate: 0, objectives: {} };
}

export const beginning: TrainingProgress = {
  epoch: 1,
  batch: 0,
  sums: emptySums(),
  epochs: [],
  best: undefined,
  seconds: 0,
};

/** The best epoch after one more: of equal ones the earlier. */
export function updateBest(
  best: Best | undefined,
  { epoch, validation }: EpochMetrics,
  choose: Choice,
): Best {
  if (best !== undefined && !isBetter(validation, best, choose)) return best;
  return { epoch, ...validation };
}

/** Whether the training is over: all epochs done, or none better for too long. */
export function isOver(progress: TrainingProgress, settings: TrainingSettings): boolean {
  const { epoch, best } = progress;
  const { epochs, patience, patienceRule, choose } = settings;
  if (epoch > epochs) return true;
  if (patience === null || choose === 'last' || best === undefined) return false;
  return patienceRule === 'as-published'
    ? isOverAsPublished(progress.epochs, patience, choose)
    : epoch - 1 - best.epoch >= patience;
}

/**
 * The rule of the paper's released code: over, from epoch `patience` + 2 on, when the first of the last `patience` - 1 epochs
 * is the best of them, though an earlier one may be better.
 */
function isOverAsPublished(epochs: readonly EpochMetrics[], patience: number, choose: Choice): boolean {
  if (epochs.length < patience + 2) return false;
  const [first, ...later] = epochs.slice(1 - patience);
  return (
    first !== undefined && !later.some(({ validation }) => isBetter(validation, first.validation, choose))
  );
}
