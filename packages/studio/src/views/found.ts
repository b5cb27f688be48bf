import type { AnswerView } from './answer.js';

/** What a comparison found, as soon as it has found anything. */
export interface FoundView {
  readonly answer?: AnswerView;
}
