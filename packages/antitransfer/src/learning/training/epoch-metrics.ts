import { z } from 'zod';

/** Without validation clips their mean is no number; JSON writes that as null. */
const meanOfClips = z.preprocess(
  (value) => (value === null ? Number.NaN : value),
  z.union([z.number(), z.nan()]),
);

const validationMetrics = z.strictObject({
  crossEntropy: meanOfClips,
  accuracy: meanOfClips,
  /** Mean recall of the classes; only where the epoch is chosen by it. */
  balancedAccuracy: meanOfClips.optional(),
  /** Of the worst pair of class and orthogonal label; only where the epoch is chosen by it. */
  worstGroupAccuracy: meanOfClips.optional(),
  /** What penalties add to the loss; only where the epoch is chosen by it. */
  penalty: meanOfClips.optional(),
});

/** What one epoch of a training measured. */
export const epochMetrics = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  learningRate: z.number(),
  train: z.strictObject({
    crossEntropy: z.number(),
    accuracy: z.number(),
    /** What each objective measured (a similarity before beta, an adversary's loss), averaged over the epoch, by its name. */
    objectives: z.record(z.string(), z.number()),
  }),
  /** NaN without validation clips. */
  validation: validationMetrics,
  /** What else was measured on the validation clips, by name: `cka.speaker`, CKA to that task's network at the tap. */
  measures: z.record(z.string(), z.number()),
  /** Of its training steps. */
  seconds: z.number(),
});

/** What a training measured after one epoch: on training and validation clips, and of each objective. */
export type EpochMetrics = z.infer<typeof epochMetrics>;
