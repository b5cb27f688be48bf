import type { Schedule } from 'onnx-autograd';
import type { TrainingSettings } from './settings.js';

/**
 * How the learning rate changes over the steps of a training.
 *
 * @param batches of an epoch; `accumulate` of them, at most, are one step
 */
export function learningRateSchedule(
  { schedule, epochs, warmup: part = 0, accumulate = 1 }: TrainingSettings,
  batches: number,
): Schedule {
  const steps = epochs * Math.ceil(batches / accumulate);
  if (schedule === 'one-cycle') return { kind: schedule, steps };
  const warmup = part === 0 ? {} : { warmup: Math.round(part * steps) };
  return schedule === 'constant' ? { kind: 'constant', ...warmup } : { kind: schedule, steps, ...warmup };
}
