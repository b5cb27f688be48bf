import type { AnswerView } from './answer.js';

/** What a comparison found; nothing before it is complete. */
export interface FoundView {
  readonly answer?: AnswerView;
  /** Whether it was found before all that is asked for now was: seeds and methods may be added to a comparison. */
  readonly isEarlier?: boolean;
}
