import { z } from 'zod';
import { fileRecord } from '../../files/digest.js';
import { epochMetrics } from '../../learning/training/epoch-metrics.js';

const version = z.literal(1);
const share = z.number().min(0).max(1);

/** Versions, processor and memory of the machine that did a job. */
const environment = z.record(z.string(), z.string());

/** What is left of an orthogonal network's training. */
export const orthogonalRecord = z.strictObject({
  version,
  kind: z.literal('orthogonal'),
  /** The trained network's file. */
  network: fileRecord,
  /** On clips that it did not see. */
  accuracy: share,
  /** Of always naming the most frequent class of those clips. */
  chance: share,
  /** True when a user gave the network: it was tested, not trained. */
  given: z.boolean(),
  seconds: z.number().nonnegative(),
  environment,
});

/** How much of an orthogonal task a network still knows. */
const taskRecord = z.strictObject({
  name: z.string(),
  /** CKA to the task's network at the tap, on test clips. */
  cka: z.number(),
  /** A linear probe at the tap reads the task's label, on clips that the probe did not see. */
  probe: z.strictObject({ accuracy: share, chance: share }),
});

/** What is left of a training of the target. */
export const targetRecord = z.strictObject({
  version,
  kind: z.literal('target'),
  network: fileRecord,
  /** What its features were standardised by. */
  standardisation: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** The epoch (from 1) whose model was chosen and tested. */
  bestEpoch: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  epochs: z.array(epochMetrics),
  /** On the test clips. */
  accuracy: share,
  /** Of each test clip, in their order: a probability for each class. */
  probabilities: z.array(z.array(z.number())),
  tasks: z.array(taskRecord),
  environment,
});

export const jobRecord = z.discriminatedUnion('kind', [orthogonalRecord, targetRecord]);

export type OrthogonalRecord = z.infer<typeof orthogonalRecord>;
export type TargetRecord = z.infer<typeof targetRecord>;
export type TaskRecord = z.infer<typeof taskRecord>;
export type JobRecord = z.infer<typeof jobRecord>;

/** What is stored of a result: whose it is, too, so that a file that was copied to another job is none of that job. */
export const storedResult = z.strictObject({ job: z.string(), record: jobRecord });
