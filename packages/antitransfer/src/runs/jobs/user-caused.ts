import { UserError } from '../../errors.js';

/** Errors of the engine that come from a model, data or settings that a user gave. Known by name: importing is slow. */
const engineErrors = new Set([
  'OnnxFormatError',
  'GraphError',
  'UnsupportedOperatorError',
  'NonFiniteLossError',
]);

/** Whether a user can mend what an error says, so that its message is enough. */
export function isUserCaused(error: unknown): boolean {
  return error instanceof UserError || (error instanceof Error && engineErrors.has(error.name));
}
