import type { TimeLeft } from './comparison.js';
import type { JobStateName } from './job-state.js';

/** What the page of all comparisons shows. */
export interface RunListView {
  readonly runs: readonly RunRow[];
  /** Links out of the studio's folders: not followed. */
  readonly refused: readonly string[];
}

export interface RunRow {
  readonly id: string;
  readonly name: string;
  /** When it was begun or its results were left, whatever is later: ISO 8601. */
  readonly changedAt: string;
  readonly state: JobStateName;
  /** Jobs, in the order in which they are begun. */
  readonly bars: readonly JobBar[];
  /** Until all is done; absent where nobody is at it, or nothing is known yet. */
  readonly left?: TimeLeft;
  /** The report's; absent as long as there is none. */
  readonly verdict?: string;
  /** Why it cannot be read; all else is empty then. */
  readonly problem?: string;
}

export interface JobBar {
  readonly name: string;
  readonly state: JobStateName;
  /** How much of it is done, in [0, 1]. */
  readonly part: number;
}
