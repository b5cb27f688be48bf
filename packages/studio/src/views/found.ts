import type { AnswerView } from './answer.js';

/** What a comparison found; nothing before the first of its seeds or folds is complete. */
export interface FoundView {
  readonly answer?: AnswerView;
  /**
   * Absent where it is of all that is asked for. `so far`: of the seeds and folds that are complete; `earlier`: of before all was
   * asked for, since seeds and methods may be added to a comparison.
   */
  readonly standing?: 'so far' | 'earlier';
}
