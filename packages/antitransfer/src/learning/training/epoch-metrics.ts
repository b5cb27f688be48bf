import { z } from 'zod';

/** Without validation clips their mean is no number; JSON writes that as null. */
export const meanOfClips = z.preprocess(
  (value) => (value === null ? Number.NaN : value),
  z.union([z.number(), z.nan()]),
);

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
  validation: z.strictObject({ crossEntropy: meanOfClips, accuracy: meanOfClips }),
  /** What else was measured on the validation clips, by name: `cka.speaker`, CKA to that task's network at the tap. */
  measures: z.record(z.string(), z.number()),
  /** Of its training steps. */
  seconds: z.number(),
});

export type EpochMetrics = z.infer<typeof epochMetrics>;
