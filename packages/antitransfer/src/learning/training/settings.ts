import { z } from 'zod';
import { readOf, shapeOf } from '../../registry.js';
import { optimizers } from '../optimizers/registry.js';
import { choices } from './choice.js';

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
    .enum(['constant', 'cosine', 'linear', 'one-cycle'])
    .default('cosine')
    .describe(
      'How the learning rate falls over the epochs; one-cycle begins at a 25th, rises for three tenths of the steps and falls to almost nothing',
    ),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'The part of all steps in which the learning rate rises in a straight line first; left out or 0: none. A cycle has its own',
    ),
  accumulate: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Batches whose gradients are averaged, clip by clip, before the weights move once: a large batch in little memory. What looks at a whole batch (batch normalization, penalties) looks at each by itself. Left out or 1: each batch is a step',
    ),
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
  patienceRule: z
    .enum(['since-best', 'as-published'])
    .optional()
    .describe(
      'since-best (the default) counts from the best epoch; as-published, from epoch patience + 2 on, stops where the first of the last patience - 1 epochs is their best, as the released code of the paper',
    ),
  choose: choices
    .default('validation-loss')
    .describe(
      'Which epoch is tested: of the lowest cross-entropy on validation clips, alone or with the penalties (as the released code of the paper); of the highest accuracy, balanced accuracy (mean recall of the classes, UAR) or accuracy of the worst group (a class with a label of the first orthogonal task: it looks at the labels of validation clips); the last',
    ),
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
  startWeights: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Names or patterns (conv1_*) of weights that a method takes over that starts from another network; left out: all convolutions of an orthogonal network, everything of another method',
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

/** `training` of a configuration: epochs, batches, optimizer, which epoch is chosen. */
export type TrainingSettings = z.infer<typeof trainingSettings>;

/**
 * The settings of the same training in one form: what has no effect beside the others is at its default.
 *
 * @param isPenalised whether any of its objectives is a penalty
 * @param isStarted whether it takes over weights of another network
 */
export function effectiveTraining(
  settings: TrainingSettings,
  isPenalised: boolean,
  isStarted = false,
): TrainingSettings {
  const {
    patience,
    patienceRule,
    choose,
    startWeights,
    warmup = 0,
    accumulate = 1,
    ...rest
  } = readOf(optimizers, settings.optimizer, settings);
  // Whoever takes the last epoch waits for none that is better.
  const waits = choose !== 'last' && patience !== null;
  return trainingSettings.parse({
    ...rest,
    ...(warmup > 0 && rest.schedule !== 'one-cycle' && { warmup }),
    ...(accumulate > 1 && { accumulate }),
    choose: choose === 'validation-loss-and-penalty' && !isPenalised ? 'validation-loss' : choose,
    ...(isStarted && startWeights && { startWeights }),
    ...(waits && { patience }),
    ...(waits && patienceRule === 'as-published' && { patienceRule }),
  });
}
