import { UserError } from '../../errors.js';
import type { PlannedJob } from '../plan/plan.js';
import { isUserCaused } from './user-caused.js';

/** A job could not be done; the cause is what went wrong in it. */
export class JobFailure extends Error {
  override readonly name: string = 'JobFailure';

  constructor(
    readonly job: PlannedJob,
    override readonly cause: Error,
  ) {
    super(`${job.name}: ${cause.message}`, { cause });
  }

  /** The mark of errors that a user can mend: this one is as its cause is. */
  get userFacing(): boolean {
    return isUserCaused(this.cause);
  }

  /** The error to be told, which begins with what people call the job. The trace is that of the cause. */
  called(name: string): Error {
    const { cause } = this;
    const message = `${name}: ${cause.message}`;
    if (this.userFacing) return new UserError(message, { cause });
    const error = new Error(message, { cause });
    error.stack = `${name}: ${cause.stack ?? cause.message}`;
    return error;
  }
}

/** Whether an error is a job's: known by its mark, as a runner may come from another copy of this package. */
export function isJobFailure(error: unknown): error is JobFailure {
  return error instanceof Error && error.name === 'JobFailure' && 'called' in error;
}
