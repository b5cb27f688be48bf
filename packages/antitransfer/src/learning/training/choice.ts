import { z } from 'zod';
import type { EpochMetrics } from './epoch-metrics.js';

/** By what an epoch is chosen, each measured on the validation clips. */
export const choices = z.enum([
  'validation-loss',
  'validation-loss-and-penalty',
  'validation-accuracy',
  'validation-balanced-accuracy',
  'validation-worst-group-accuracy',
  'last',
]);

export type Choice = z.infer<typeof choices>;

type Measured = EpochMetrics['validation'];

/**
 * Whether an epoch is better than another. Equal accuracies are told apart by the cross-entropy; NaN is lower than nothing,
 * and everything is lower than it: no epoch without a number may stay the best.
 */
export function isBetter(measured: Measured, than: Measured, choice: Choice): boolean {
  if (choice === 'last') return true;
  const [share, other] = [shareOf(measured, choice), shareOf(than, choice)];
  if (share !== other) return share > other;
  const [loss, best] = [lossOf(measured, choice), lossOf(than, choice)];
  return loss < best || (Number.isNaN(best) && !Number.isNaN(loss));
}

/** The higher the better; the same for all where the loss decides. */
function shareOf(
  { accuracy, balancedAccuracy = 0, worstGroupAccuracy = 0 }: Measured,
  choice: Choice,
): number {
  switch (choice) {
    case 'validation-accuracy':
      return accuracy;
    case 'validation-balanced-accuracy':
      return balancedAccuracy;
    case 'validation-worst-group-accuracy':
      return worstGroupAccuracy;
    default:
      return 0;
  }
}

function lossOf({ crossEntropy, penalty }: Measured, choice: Choice): number {
  return choice === 'validation-loss-and-penalty' ? crossEntropy + (penalty ?? 0) : crossEntropy;
}
