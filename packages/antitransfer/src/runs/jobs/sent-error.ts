import { codeOf, UserError } from '../../errors.js';
import { isUserCaused } from './user-caused.js';

/** What is told of an error to another process. */
export interface SentError {
  readonly message: string;
  /** Absent where the message is enough. */
  readonly stack?: string | undefined;
  /** Of an error of the system, such as `ENOSPC`. */
  readonly code?: string | undefined;
  readonly isUserError: boolean;
}

export function toSent(thrown: unknown): SentError {
  const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return isUserCaused(thrown)
    ? { message, isUserError: true }
    : { message, stack, code: codeOf(thrown), isUserError: false };
}

/** The error of another process, of a kind that is told in the same way. */
export function fromSent({ message, stack, code, isUserError }: SentError): Error {
  if (isUserError) return new UserError(message);
  const error = Object.assign(new Error(message), code !== undefined && { code });
  if (stack !== undefined) error.stack = stack;
  return error;
}
