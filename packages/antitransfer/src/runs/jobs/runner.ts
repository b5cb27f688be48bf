import type { PlannedJob } from '../plan/plan.js';
import type { JobEvent } from '../store/events.js';

/** What happened to a job. */
export interface RunEvent {
  readonly job: PlannedJob;
  readonly event: JobEvent;
}

/**
 * Carries jobs out, somewhere: in this process, in processes of their own, on other machines. What a job leaves is in
 * the store, under its id; the events only tell of it.
 */
export interface JobRunner {
  /**
   * Begins each job as soon as those before it are done, the earlier in the list first. Jobs whose results are in the
   * store are not done again. Where a training diverged, which is a result, jobs that wait for it are given up without an
   * event. The iteration ends when all others are done. When a job fails it throws a {@link JobFailure}: at once (the others
   * are stopped and keep their checkpoints), or, where jobs are on other machines and are tried several times, when all that
   * does not wait for it is done. It throws the signal's reason when that aborts: what is carried out here is stopped, what is
   * carried out elsewhere goes on.
   */
  run(jobs: readonly PlannedJob[], signal: AbortSignal): AsyncIterable<RunEvent>;
}
