import { z } from 'zod';
import { readOf, shapeOf } from '../../registry.js';
import { optimizers } from '../optimizers/registry.js';

/** How a network is trained: all of it changes the numbers that come out. The defaults suit small networks; the paper's are Adam at 5e-5, batch 30, patience 5. */
export const trainingSettings = z.strictObject({
  epochs: z.number().int().min(1).default(40).describe('Passes over the training clips, at most'),
  batch: z
    .number()
    .int()
    .min(1)
    .default(32)
    .describe('Clips in a batch, none of them twice; fewer where there are fewer'),
  optimizer: z.enum(optimizers.names).default('adam').describe('How weights are moved'),
  learningRate: z.number().positive().default(1e-3).describe('Learning rate at the start'),
  schedule: z
    .enum(['constant', 'cosine', 'linear'])
    .default('cosine')
    .describe('How the learning rate falls over the epochs'),
  ...shapeOf(optimizers),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("Limit of the gradient's norm; null for none"),
  patience: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Stops after so many epochs without a better model; null to train all epochs'),
  choose: z
    .enum(['validation-loss', 'validation-accuracy', 'last'])
    .default('validation-loss')
    .describe('Which epoch is tested'),
  freeze: z
    .array(z.string())
    .default([])
    .describe(
      'Names or patterns (conv1_*) of weights that are not trained: of the network, or of layers that an objective trains beside it (gradient-reversal.*)',
    ),
  rates: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe(
      'Factors of the learning rate by names or patterns of weights, { "conv*": 0.1, "gradient-reversal.*": 10 }: the first that fits; others 1',
    ),
  recompute: z
    .boolean()
    .default(false)
    .describe(
      'Computes activations again for the backward pass rather than keeping them: less memory, more time',
    ),
  convolutions: z
    .enum(['fast', 'direct'])
    .default('fast')
    .describe(
      'fast takes Winograd’s transforms for layers of many channels (errors of 1e-6); direct never, and keeps exact zeros',
    ),
});

export type TrainingSettings = z.infer<typeof trainingSettings>;

/** The settings of the same training in one form: what has no effect beside the others is at its default. */
export function effectiveTraining(settings: TrainingSettings): TrainingSettings {
  const { patience, ...rest } = readOf(optimizers, settings.optimizer, settings);
  // Whoever takes the last epoch waits for none that is better.
  return trainingSettings.parse({ ...rest, ...(settings.choose !== 'last' && { patience }) });
}
