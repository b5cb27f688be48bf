import { UserError } from '../../errors.js';

/**
 * Whether a user can mend what an error says, so that its message is enough. Those of the engine bear a mark, by which they
 * are known without importing it, which is slow.
 */
export function isUserCaused(error: unknown): boolean {
  return (
    error instanceof UserError ||
    (error instanceof Error && 'userFacing' in error && error.userFacing === true)
  );
}
