import { z } from 'zod';
import { frontEndVersion } from '../../data/features/front-end.js';
import { runtimeVersion } from '../../data/features/runtime-version.js';
import { featureSettings } from '../../data/features/settings.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { shortDigest } from '../../files/digest.js';
import { objectiveSettings } from '../../learning/objectives/registry.js';
import { trainingSettings } from '../../learning/training/settings.js';
import { networkSettings } from '../config/schema.js';
import { digest } from './clip-set.js';

/** Raised whenever the same job would give other numbers, so that what earlier code left is another job's. */
const jobVersion = 1;

/** What a training of either task depends on. Sets of clips, networks and other jobs are named by their content. */
const training = {
  version: z.literal(jobVersion),
  /** ONNX Runtime's version: another may round otherwise. Of processors only the record tells (`environment`). */
  runtime: z.string(),
  seed: z.int().nonnegative(),
  features: featureSettings,
  /** What the same features are computed by: raised whenever their numbers change. */
  frontEnd: z.literal(frontEndVersion),
  network: networkSettings.extend({
    /** Of a network that a user gave, to be trained instead. */
    model: digest.nullable(),
  }),
  training: trainingSettings,
  /** The label column that is learned. */
  column: z.string(),
  /** Its labels, in the order of the network's outputs. */
  classes: z.array(z.string()).min(1),
  train: digest,
  validation: digest,
  /** The clips whose mean and deviation the features are standardised by. */
  standardisation: digest,
};

/** Trains a network on an orthogonal task, or takes the one that was given. */
const orthogonalJob = z.strictObject({
  kind: z.literal('orthogonal'),
  ...training,
  /** A network trained already: it is tested, not trained. */
  given: digest.nullable(),
});

/** An orthogonal task as a training of the target sees it. */
const taskOfTarget = z.strictObject({
  name: z.string(),
  column: z.string(),
  classes: z.array(z.string()).min(1),
  /** The job that trains its network. */
  job: digest,
  train: digest,
  validation: digest,
});

const startOfTarget = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('random') }),
  z.strictObject({ from: z.literal('orthogonal'), task: z.string() }),
  z.strictObject({ from: z.literal('target'), job: digest }),
]);

/** Trains the target task in one way, tests it and looks at what it still knows. */
const targetJob = z.strictObject({
  kind: z.literal('target'),
  ...training,
  test: digest,
  /** The convolution that is observed; the last one when null. */
  tap: z.string().nullable(),
  position: z.enum(['after', 'before']),
  start: startOfTarget,
  objectives: z.array(objectiveSettings),
  /** The training clips with their labels of orthogonal tasks, by the task's name: only of those that objectives look at. */
  groups: z.record(z.string(), digest).optional(),
  tasks: z.array(taskOfTarget).min(1),
});

/** One training: small JSON that any machine with the store understands. */
export const jobSchema = z.discriminatedUnion('kind', [orthogonalJob, targetJob]);

export type OrthogonalJob = z.infer<typeof orthogonalJob>;
export type TargetJob = z.infer<typeof targetJob>;
export type Job = z.infer<typeof jobSchema>;

/** What a job's result is stored under: the digest of all that its numbers depend on. */
export function jobId(job: Job): string {
  return shortDigest(canonicalJson(job));
}

/** Of what earlier code and this one may give other numbers. */
const versions = { version: jobVersion, frontEnd: frontEndVersion, runtime: runtimeVersion } as const;

/** A job of this code: its versions are filled in. */
export function orthogonalJobOf(parts: Omit<OrthogonalJob, 'kind' | keyof typeof versions>): OrthogonalJob {
  return { kind: 'orthogonal', ...versions, ...parts };
}

export function targetJobOf(parts: Omit<TargetJob, 'kind' | keyof typeof versions>): TargetJob {
  return { kind: 'target', ...versions, ...parts };
}
