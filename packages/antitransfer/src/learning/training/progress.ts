import { z } from 'zod';
import { type EpochMetrics, epochMetrics, meanOfClips } from './epoch-metrics.js';
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
const best = z.strictObject({ epoch: z.int(), crossEntropy: meanOfClips, accuracy: meanOfClips });

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

/** The best epoch after one more: equal accuracies are told apart by the loss, equal losses keep the earlier epoch. */
export function updateBest(
  best: Best | undefined,
  metrics: EpochMetrics,
  choose: TrainingSettings['choose'],
): Best {
  const { crossEntropy, accuracy } = metrics.validation;
  const candidate = { epoch: metrics.epoch, crossEntropy, accuracy };
  if (best === undefined || choose === 'last') return candidate;
  // NaN is lower than nothing, and everything is lower than it: no epoch without a number may stay the best.
  const lowerLoss =
    crossEntropy < best.crossEntropy || (Number.isNaN(best.crossEntropy) && !Number.isNaN(crossEntropy));
  if (choose === 'validation-loss') return lowerLoss ? candidate : best;
  if (accuracy === best.accuracy) return lowerLoss ? candidate : best;
  return accuracy > best.accuracy ? candidate : best;
}

/** Whether the training is over: all epochs done, or none better for too long. */
export function isOver(
  { epoch, best }: TrainingProgress,
  { epochs, patience, choose }: TrainingSettings,
): boolean {
  if (epoch > epochs) return true;
  return patience !== null && choose !== 'last' && best !== undefined && epoch - 1 - best.epoch >= patience;
}
