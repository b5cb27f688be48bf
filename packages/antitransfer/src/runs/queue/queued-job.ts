import { z } from 'zod';
import { packageVersion } from '../store/environment.js';
import { jobEvent } from '../store/events.js';
import { codeVersions } from '../store/job.js';

/** What a queue knows of a job. What is to be done is in the store. */
export const queuedJob = z.object({
  /** {@link codeOfJobs} of who queued it. */
  code: z.string(),
  /** What people call it. */
  name: z.string(),
  /** Ids of jobs that it looks at. */
  after: z.array(z.string()),
  /** Those, and all that they wait for: where one of them diverged there is nothing to do. */
  needed: z.array(z.string()),
  /** It is tried so often. */
  attempts: z.int().positive(),
});

export type QueuedJob = z.infer<typeof queuedJob>;

/** What a worker tells of a job that it is at; the queue keeps the last. */
export const jobReport = z.object({
  /** Tries that no longer count, as the job has come further since. */
  settled: z.int().nonnegative(),
  event: jobEvent,
});

export type JobReport = z.infer<typeof jobReport>;

/** What a worker answers when a job has come to its end. */
export const jobAnswer = z.object({
  /** It waits for a training that diverged: nothing was done. */
  givenUp: z.boolean(),
});

export type JobAnswer = z.infer<typeof jobAnswer>;

/** The versions that two machines must share to do each other's jobs, for people and to compare. */
export async function codeOfJobs(): Promise<string> {
  const { version, frontEnd, runtime } = codeVersions;
  return `antitransfer ${await packageVersion()} (jobs ${version}, features ${frontEnd}, ONNX Runtime ${runtime})`;
}
