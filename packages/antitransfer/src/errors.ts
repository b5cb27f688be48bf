/**
 * An error that a user can cause and can mend. Its message quotes the value, says what is wrong and what to do.
 * The command line prints the message alone, without a stack trace.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}
