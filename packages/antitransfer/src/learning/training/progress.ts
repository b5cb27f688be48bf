import type { EpochMetrics } from './epoch-metrics.js';
import type { TrainingSettings } from './settings.js';

/** How far a training is: what a checkpoint holds beside the weights. */
export interface Progress {
  /** The epoch under way, from 1. */
  readonly epoch: number;
  /** Batches of it that are done. */
  readonly batch: number;
  /** Over those batches. */
  readonly sums: Sums;
  /** The epochs that are done. */
  readonly epochs: readonly EpochMetrics[];
  readonly best: Best | undefined;
  /** Of computing, over all sessions. */
  readonly seconds: number;
}

/** The best epoch so far and its scores on the validation clips. */
export interface Best {
  readonly epoch: number;
  readonly crossEntropy: number;
  readonly accuracy: number;
}

/** Totals over the clips of an epoch. */
export interface Sums {
  clips: number;
  crossEntropy: number;
  correct: number;
  seconds: number;
  learningRate: number;
  penalties: Record<string, number>;
}

export function emptySums(): Sums {
  return { clips: 0, crossEntropy: 0, correct: 0, seconds: 0, learningRate: 0, penalties: {} };
}

export const beginning: Progress = {
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
export function isOver({ epoch, best }: Progress, { epochs, patience, choose }: TrainingSettings): boolean {
  if (epoch > epochs) return true;
  return patience !== null && choose !== 'last' && best !== undefined && epoch - 1 - best.epoch >= patience;
}
