import { UserError } from '../../errors.js';
import type { PlannedJob } from '../plan/plan.js';
import { isUserCaused } from './user-caused.js';

/** A job could not be done; the cause is what went wrong in it. */
export class JobFailure extends Error {
  override readonly name: string = 'JobFailure';

  /** @param others that failed, too, where those that did not wait for them went on */
  constructor(
    readonly job: PlannedJob,
    override readonly cause: Error,
    readonly others: readonly JobFailure[] = [],
  ) {
    super(`${job.name}: ${cause.message}`, { cause });
  }

  /** The mark of errors that a user can mend: this one is as its cause is. */
  get userFacing(): boolean {
    return isUserCaused(this.cause);
  }

  /** The error to be told, which begins with what people call the job. The trace is that of the cause. */
  called(nameOf: (job: PlannedJob) => string): Error {
    const { cause } = this;
    const lines = [this, ...this.others].map((one) => `${nameOf(one.job)}: ${one.cause.message}`);
    const message =
      lines.length === 1
        ? lines.join()
        : [`${lines.length} jobs failed; all that does not wait for them is done.`, ...lines].join('\n');
    if (this.userFacing) return new UserError(message, { cause });
    const error = new Error(message, { cause });
    error.stack = `${nameOf(this.job)}: ${cause.stack ?? cause.message}`;
    return error;
  }
}

/** Whether an error is a job's: known by its mark, as a runner may come from another copy of this package. */
export function isJobFailure(error: unknown): error is JobFailure {
  return error instanceof Error && error.name === 'JobFailure' && 'called' in error;
}
