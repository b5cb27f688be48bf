import { z } from 'zod';

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
  validation: z.strictObject({ crossEntropy: z.number(), accuracy: z.number() }),
  /** What else was measured on the validation clips, by name: `cka.speaker`, CKA to that task's network at the tap. */
  measures: z.record(z.string(), z.number()),
  /** Of its training steps. */
  seconds: z.number(),
});

export type EpochMetrics = z.infer<typeof epochMetrics>;
