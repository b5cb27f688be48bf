import type { Device } from 'onnx-autograd';
import { z } from 'zod';
import { frontEndVersion } from '../../data/features/front-end.js';
import { runtimeVersion } from '../../data/features/runtime-version.js';
import { featureSettings } from '../../data/features/settings.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { shortDigest } from '../../files/digest.js';
import { augmentationSettings } from '../../learning/augmentations/registry.js';
import { correctionSettings } from '../../learning/corrections/registry.js';
import { objectiveSettings } from '../../learning/objectives/registry.js';
import { deviceName } from '../../learning/training/device.js';
import { trainingSettings } from '../../learning/training/settings.js';
import { networkSettings } from '../config/schema.js';
import { digest } from './clip-set.js';

/** Raised whenever the same job would give other numbers, so that what earlier code left is another job's. */
const jobVersion = 4;

/** Of what earlier code and this one may give other numbers. */
const ofCode = {
  version: z.literal(jobVersion),
  /** ONNX Runtime's version: another may round otherwise. Of processors only the record tells (`environment`). */
  runtime: z.string(),
  /** What the same features are computed by: raised whenever their numbers change. */
  frontEnd: z.literal(frontEndVersion),
  /** What computes; absent for the processor. Another device rounds otherwise, so that nothing of two is mixed. */
  device: deviceName.optional(),
};

/** What is learned, and from what. Sets of clips, given networks and other jobs are named by their content. */
const learned = {
  ...ofCode,
  features: featureSettings,
  /** The clips whose mean and deviation the features are standardised by. */
  standardisation: digest,
  /** The label column. */
  column: z.string(),
  /** Its labels, in the order of the network's outputs. */
  classes: z.array(z.string()).min(1),
  validation: digest,
};

const { model: _, ...built } = networkSettings.shape;

const training = {
  ...learned,
  seed: z.int().nonnegative(),
  /** One that is built, or that a user gave to be trained. */
  network: z.union([z.strictObject({ model: digest }), z.strictObject(built)]),
  training: trainingSettings,
  train: digest,
};

/** Trains a network on an orthogonal task. */
const orthogonalJob = z.strictObject({ kind: z.literal('orthogonal'), ...training });

/** Tests a network that a user gave for an orthogonal task. */
const givenJob = z.strictObject({ kind: z.literal('given'), ...learned, model: digest });

/** An orthogonal task as objectives of a training see it; null what none of them looks at. It has no name: that is for people. */
const taskOfTarget = z.strictObject({
  column: z.string(),
  classes: z.array(z.string()).min(1),
  /** The job whose network is the frozen one. */
  network: digest.nullable(),
  /** The task's clips. */
  clips: digest.nullable(),
  /** The training clips with their labels of the task. */
  groups: digest.nullable(),
});

const startOfTarget = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('random') }),
  z.strictObject({ from: z.literal('orthogonal'), job: digest }),
  z.strictObject({ from: z.literal('target'), job: digest }),
]);

/** Trains the target task in one way. It knows nothing of what is only measured: test clips, taps, tasks. */
const targetJob = z.strictObject({
  kind: z.literal('target'),
  ...training,
  start: startOfTarget,
  objectives: z.array(
    z.strictObject({
      settings: objectiveSettings,
      /** Index of its task; null when it looks at none. */
      task: z.int().nonnegative().nullable(),
    }),
  ),
  tasks: z.array(taskOfTarget),
  /** Validation clips with the labels by whose worst the epoch is chosen; absent where it is chosen otherwise. */
  groups: z.strictObject({ column: z.string(), clips: digest }).optional(),
  /** What is done to its training clips; absent where that is nothing. */
  augmentation: z.array(augmentationSettings).min(1).optional(),
  /**
   * Where maps are observed after each epoch: at every tap, and on one side of the activation only. Seen from both, ONNX
   * Runtime could fuse no convolution with its activation, and twice as much would be kept.
   */
  position: z.enum(['after', 'before']),
});

/** Corrects the network of a training. */
const correctionJob = z.strictObject({
  kind: z.literal('correction'),
  ...ofCode,
  /** The job that trains the network. */
  training: digest,
  /** Complete: whose network it is, and which task, says the job. */
  settings: correctionSettings,
  /** The target's validation clips, with the labels that it looks at, telling which are of one recording. */
  validation: digest,
  /** The orthogonal task that it is about, and the clips whose labels of it are looked at; null where none are. */
  task: z.strictObject({ column: z.string(), classes: z.array(z.string()).min(1), clips: digest }).nullable(),
});

/** Tests a training, and looks at what it still knows of orthogonal tasks. */
const assessmentJob = z.strictObject({
  kind: z.literal('assessment'),
  ...ofCode,
  /** The job that trains the network. */
  training: digest,
  /** The job that corrects it, where one does. */
  correction: digest.optional(),
  test: digest,
  /** The layer that is looked at. */
  tap: z.string(),
  position: z.enum(['after', 'before']),
  tasks: z
    .array(
      z.strictObject({
        column: z.string(),
        classes: z.array(z.string()).min(1),
        /** The job of its network. */
        network: digest,
        train: digest,
        validation: digest,
      }),
    )
    .min(1),
});

/** Looks at one tap of a trained network, closer than its test does: see `antitransfer analyze`. */
const analysisJob = z.strictObject({
  kind: z.literal('analysis'),
  ...ofCode,
  training: digest,
  correction: digest.optional(),
  /** Whether its network is looked at as it is after the training, or with the first weights: a control. */
  network: z.enum(['trained', 'untrained']),
  test: digest,
  tap: z.string(),
  position: z.enum(['after', 'before']),
  tasks: assessmentJob.shape.tasks,
  /** What reads labels. */
  readers: z.array(z.enum(['linear', 'mlp'])),
});

/** One piece of work: small JSON that any machine with the store understands. */
export const jobSchema = z.discriminatedUnion('kind', [
  orthogonalJob,
  givenJob,
  targetJob,
  correctionJob,
  assessmentJob,
  analysisJob,
]);

/** Train a network of what is to be forgotten. */
export type OrthogonalJob = z.infer<typeof orthogonalJob>;
/** Test a network that a user gave for an orthogonal task. */
export type GivenJob = z.infer<typeof givenJob>;
/** Train a network of the target, with a method's objectives. */
export type TargetJob = z.infer<typeof targetJob>;
/** Correct a trained network. */
export type CorrectionJob = z.infer<typeof correctionJob>;
/** Look at every layer of a trained network. */
export type AnalysisJob = z.infer<typeof analysisJob>;
/** Test a trained network, and look at what it still knows at the tap. */
export type AssessmentJob = z.infer<typeof assessmentJob>;
/** What is to be done, as JSON; its digest is its name. */
export type Job = z.infer<typeof jobSchema>;

/** What a job's result is stored under: the digest of all that its numbers depend on. */
export function jobId(job: Job): string {
  return shortDigest(canonicalJson(job));
}

/** Whatever differs in one of these may come to other numbers. */
export const codeVersions = {
  version: jobVersion,
  frontEnd: frontEndVersion,
  runtime: runtimeVersion,
} as const;

/** What computes a job. */
export function deviceOf({ device = 'cpu' }: Job): Device {
  return device;
}

/** How a job says what computes it. */
export function computedBy(device: Device): Pick<Job, 'device'> {
  return device === 'cpu' ? {} : { device };
}

type Parts<J extends Job> = J extends Job ? Omit<J, keyof typeof codeVersions> : never;

/** A job of this code: its versions are filled in. */
export function jobOf<J extends Job>(parts: Parts<J> & Pick<J, 'kind'>): J {
  // The type system does not see that a job is its versions and the rest.
  return { ...codeVersions, ...parts } as unknown as J;
}
