import { UserError } from '../../errors.js';

/** What can be wrong with a recording. */
export type AudioProblem =
  | 'missing'
  | 'unreadable'
  | 'empty'
  | 'truncated'
  | 'damaged'
  | 'silent'
  | 'too short'
  | 'too loud'
  | 'too long'
  | 'cancelled out'
  | 'without that channel';

/** A recording that cannot be used. Says which one, why, and what to do. */
export class AudioError extends UserError {
  override readonly name = 'AudioError';

  constructor(
    /** The audio file. */
    readonly path: string,
    readonly reason: AudioProblem,
    /** A sentence that quotes what was found and says what to do. */
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`"${path}" is ${reason}: ${detail}`, options);
  }
}
