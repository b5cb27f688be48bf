import { z } from 'zod';
import { type TrainingSettings, trainingSettings } from '../../learning/training/settings.js';

const { shape } = trainingSettings;

/**
 * What differs from another training: keys that are not given stay as they are there. (`partial()` would fill in the
 * defaults of a training for them.)
 */
export const trainingChanges = z.strictObject({
  epochs: change(shape.epochs),
  batch: change(shape.batch),
  optimizer: change(shape.optimizer),
  learningRate: change(shape.learningRate),
  schedule: change(shape.schedule),
  weightDecay: change(shape.weightDecay),
  momentum: change(shape.momentum),
  clipNorm: change(shape.clipNorm),
  patience: change(shape.patience),
  choose: change(shape.choose),
  freeze: change(shape.freeze),
  recompute: change(shape.recompute),
  convolutions: change(shape.convolutions),
} satisfies Record<keyof TrainingSettings, z.ZodType>);

/** A setting without its default, described as before. */
function change<S extends z.ZodType>(setting: z.ZodDefault<S>): z.ZodExactOptional<S> {
  const given = z.exactOptional(setting.unwrap());
  return setting.description === undefined ? given : given.describe(setting.description);
}
