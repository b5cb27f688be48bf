import type { AudioError } from '../data/audio/audio-error.js';
import type { Clip } from '../data/clip.js';
import { UserError } from '../errors.js';

/** What a model says of a window of a clip. */
export interface WindowPrediction {
  /** Seconds from the clip's beginning. */
  readonly start: number;
  readonly end: number;
  /** The loudest sample, of a full scale of 1. */
  readonly peak: number;
  /**
   * The most probable class; undefined when there is nothing to hear (too little sound, or too quiet), or it does not
   * reach the level that was asked for.
   */
  readonly label: string | undefined;
  /** In the order of the model's classes; none when there is nothing to hear. */
  readonly probabilities: readonly number[];
}

/** What a model says of a clip. */
export interface ClipPrediction {
  readonly clip: Clip;
  /** How long it is. */
  readonly seconds: number;
  /** The most probable class over all windows; undefined when none has a label. */
  readonly label: string | undefined;
  /**
   * The mean over the windows that have a label, or over all that were heard when none has one, in the order of the
   * model's classes; none when there is nothing to hear in any.
   */
  readonly probabilities: readonly number[];
  /** One of a clip that is no longer than the model's segment; where sounds are looked for, one a sound. */
  readonly windows: readonly WindowPrediction[];
}

/** A clip to which a model has no answer: it computes NaN, or what else is no probability. */
export class UnansweredError extends UserError {
  override readonly name = 'UnansweredError';
  readonly reason = 'unanswered';

  constructor(
    /** The audio file. */
    readonly path: string,
    model: string,
    answer: string,
  ) {
    super(
      `"${path}" is unanswered: the model "${model}" gives it ${answer}. Try another model, or look at the file.`,
    );
  }
}

/** Why a clip has no prediction. */
export type PredictionProblem = AudioError | UnansweredError;
