/**
 * An error that a user can cause and can mend. Its message quotes the value, says what is wrong and what to do.
 * The command line prints the message alone, without a stack trace.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** What an error says, or what else was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error of the system, such as `ENOENT`; undefined of another error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
