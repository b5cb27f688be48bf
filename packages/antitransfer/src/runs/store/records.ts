import { z } from 'zod';
import { fileRecord } from '../../files/digest.js';
import { epochMetrics } from '../../learning/training/epoch-metrics.js';

const share = z.number().min(0).max(1);

const done = {
  version: z.literal(2),
  seconds: z.number().nonnegative(),
  /** Versions, processor and memory of the machine that did it. */
  environment: z.record(z.string(), z.string()),
};

/** What is left of an orthogonal task's network, trained or given. */
export const orthogonalRecord = z.strictObject({
  kind: z.literal('orthogonal'),
  ...done,
  /** The network's file. */
  network: fileRecord,
  /** On clips that it did not see, one answer a clip. */
  accuracy: share,
  /** Of always naming the most frequent class of those clips. */
  chance: share,
  /** True when a user gave the network: it was tested, not trained. */
  given: z.boolean(),
});

/** What is left of a training of the target. */
export const targetRecord = z.strictObject({
  kind: z.literal('target'),
  ...done,
  network: fileRecord,
  /** What the network said of validation clips after each epoch. */
  maps: fileRecord,
  /** What its features were standardised by. */
  standardisation: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** The epoch (from 1) whose model was chosen. */
  bestEpoch: z.int().nonnegative(),
  epochs: z.array(epochMetrics),
});

/** What is left of correcting a trained network. */
export const correctionRecord = z.strictObject({
  kind: z.literal('correction'),
  ...done,
  network: fileRecord,
  /** What was done, in numbers: the strength of the penalty, dimensions taken out, clips that were looked at. */
  facts: z.record(z.string(), z.number()),
});

const counted = { labels: z.int().nonnegative(), vectors: z.int().nonnegative() };

/** How much of an orthogonal task a network still knows. */
const taskRecord = z.strictObject({
  /** CKA to the task's network at the tap, on test clips. */
  cka: z.number(),
  /** The same on validation clips after each epoch; empty where there are fewer than two. */
  curve: z.array(z.number()),
  /** A linear probe at the tap reads the task's label, on clips that the probe did not see. */
  probe: z.strictObject({
    accuracy: share,
    chance: share,
    /** Labels and clips that were read at random where all would have taken too long. */
    sample: z.strictObject({ ...counted, of: z.strictObject(counted) }).optional(),
  }),
});

/** How well a trained network does on a side, each clip once. */
const sideScores = z.strictObject({
  accuracy: share,
  macroF1: share,
  macroPrecision: share,
  /** Mean recall of the classes (UAR). */
  balancedAccuracy: share,
  /** In nats. */
  crossEntropy: z.number(),
});

/** On the clips that it learned from, and on those that chose its epoch: nothing where there are none of these. */
export const scoredSides = z.strictObject({ train: sideScores, validation: sideScores.optional() });

/** What is left of looking at a trained network. */
export const assessmentRecord = z.strictObject({
  kind: z.literal('assessment'),
  ...done,
  /** On the test clips, one answer a clip: that of its windows' mean probabilities. */
  accuracy: share,
  /** Of each test clip, or window of one, in their order: a probability for each class. */
  probabilities: z.array(z.array(z.number())),
  /** Absent of what earlier versions left. */
  sides: scoredSides.optional(),
  /** From which probability on an answer counts; absent of what earlier versions left, and where no validation clip is right. */
  level: z.strictObject({ probability: share, kept: share, segments: z.int().positive() }).optional(),
  /** In the order of the job's. */
  tasks: z.array(taskRecord),
  /** Validation clips that the curves look at, of all. */
  observed: z.strictObject({ clips: z.int().nonnegative(), of: z.int().nonnegative() }),
});

/** A likeness of two networks, and of the same where there can be none. */
const likeness = z.strictObject({
  value: z.number(),
  /** Each clip beside what the frozen network says of another one. */
  shuffled: z.number(),
  /** With the frozen network before its training; null where it was given. */
  untrained: z.number().nullable(),
});

/** How well a label is read at a tap. */
const reading = z.strictObject({
  accuracy: share,
  chance: share,
  /** Of control labels, which say nothing: what a probe learns by heart. */
  control: share,
  /** Of the labels of other clips. */
  shuffled: share,
  /** Bits of the labels by online coding (Voita and Titov 2020), and where each is equally likely. */
  bits: z.number().nonnegative(),
  uniformBits: z.number().nonnegative(),
  clips: z.int().positive(),
});

/** One network at one tap, beside one orthogonal task. */
export const analysedTask = z.strictObject({
  /** Unbiased CKA to the frozen network; null with fewer than four clips. */
  cka: likeness.nullable(),
  /** Mean squared cosine of Gram matrices, as published; null where the maps are of other shapes. */
  gram: likeness.nullable(),
  linear: reading.optional(),
  mlp: reading.optional(),
});

/** What is left of looking closely at one tap of a network. */
export const analysisRecord = z.strictObject({
  kind: z.literal('analysis'),
  ...done,
  /** In the order of the job's. */
  tasks: z.array(analysedTask),
});

/** What is left of a training that diverged: it would do so again, so that it is done. */
export const divergedRecord = z.strictObject({
  kind: z.literal('diverged'),
  ...done,
  /** Where it diverged, and what to do about it. */
  reason: z.string(),
});

export const jobRecord = z.discriminatedUnion('kind', [
  orthogonalRecord,
  targetRecord,
  correctionRecord,
  assessmentRecord,
  analysisRecord,
  divergedRecord,
]);

/** What is left of a network of what is to be forgotten. */
export type OrthogonalRecord = z.infer<typeof orthogonalRecord>;
/** What is left of a training of the target. */
export type TargetRecord = z.infer<typeof targetRecord>;
/** What is left of a correction. */
export type CorrectionRecord = z.infer<typeof correctionRecord>;
/** What a test of a network found. */
export type AssessmentRecord = z.infer<typeof assessmentRecord>;
/** What was found at every layer of a network. */
export type AnalysisRecord = z.infer<typeof analysisRecord>;
export type DivergedRecord = z.infer<typeof divergedRecord>;
/** How much of one orthogonal task a network still knows. */
export type TaskRecord = z.infer<typeof taskRecord>;
/** What a job left, by its kind. */
export type JobRecord = z.infer<typeof jobRecord>;

/** What is stored of a result: whose it is, too, so that a file that was copied to another job is none of that job. */
export const storedResult = z.strictObject({ job: z.string(), record: jobRecord });
