import { UserError } from '../../../errors.js';

/** Features that were stored are not there any more, or not what was written. Adding their clips computes them anew. */
export class MissingFeaturesError extends UserError {
  override readonly name = 'MissingFeaturesError';

  /** @param finding what is missing or damaged and where: a sentence without its full stop */
  constructor(finding: string, options?: ErrorOptions) {
    super(`${finding}. Run the same command again: it computes these features anew.`, options);
  }
}
