import type { AnswerView } from './answer.js';

/** What a comparison found; nothing before it is complete. */
export interface FoundView {
  readonly answer?: AnswerView;
}
