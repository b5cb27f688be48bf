import { codeOf, UserError } from '../../errors.js';
import { isUserCaused } from './user-caused.js';

/** What is told of an error to another process. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  /** Absent where the message is enough. */
  readonly stack?: string | undefined;
  /** Of an error of the system, such as `ENOSPC`. */
  readonly code?: string | undefined;
  readonly isUserError: boolean;
}

/** An error of another process that its user can mend. */
export class SentUserError extends UserError {
  /** @param sentName what it was called there, `MissingFeaturesError` for example */
  constructor(
    readonly sentName: string,
    message: string,
  ) {
    super(message);
  }
}

export function toSent(thrown: unknown): SentError {
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return isUserCaused(thrown)
    ? { name, message, isUserError: true }
    : { name, message, stack, code: codeOf(thrown), isUserError: false };
}

/** The error of another process, of a kind that is told in the same way. */
export function fromSent({ name, message, stack, code, isUserError }: SentError): Error {
  if (isUserError) return new SentUserError(name, message);
  const error = Object.assign(new Error(message), code !== undefined && { code });
  if (stack !== undefined) error.stack = stack;
  return error;
}
