import type { PairedDifference } from '../../analysis/statistics.js';
import type { ComparisonResults, OrthogonalTask } from '../results.js';
import type { MethodSummary, TaskSummary } from '../summary.js';
import type { Removable } from './removable.js';

/**
 * - `not-learned`: no method is well above chance, so that nothing can be said
 * - `gain`: a significant gain that the control does not have
 * - `partial-gain`: the control gains too, but significantly less
 * - `regulariser`: the control gains as well, so that the gain is not from forgetting
 * - `control-unsettled`: a gain; the control neither gains nor is clearly worse
 * - `gain-without-control`: a gain; no control was run
 * - `no-gain`: neither a gain nor a loss is shown
 */
export type VerdictKind =
  | 'not-learned'
  | 'gain'
  | 'partial-gain'
  | 'regulariser'
  | 'control-unsettled'
  | 'gain-without-control'
  | 'no-gain'
  | 'nothing-to-remove'
  | 'loss'
  | 'too-few-seeds'
  | 'nothing-compared';

/** Whether it is shown that a linear probe reads the orthogonal label less or more well than without transfer. */
export type Forgetting = 'less-readable' | 'not-shown' | 'more-readable' | 'unknown';

/** A method with pairs of runs to the reference. */
export type ComparedMethod = MethodSummary & { readonly gain: PairedDifference };

/** What the wording of a verdict draws on. */
export interface VerdictEvidence {
  readonly results: ComparisonResults;
  /** Every method that has runs, in the order of the results. */
  readonly tested: readonly MethodSummary[];
  /** The method with the largest gain of those that are to forget, if any was compared. */
  readonly best: ComparedMethod | undefined;
  /** The control with the largest gain, if any was run. */
  readonly control: ComparedMethod | undefined;
  /** The best method's accuracy over that control's, in percentage points. */
  readonly overControl: PairedDifference | undefined;
  /** Methods that are to forget and lose significantly. */
  readonly losing: readonly ComparedMethod[];
  /** What is known of the orthogonal tasks that the best method is about; of all tasks without one. */
  readonly tasks: readonly TaskEvidence[];
}

export interface TaskEvidence {
  readonly task: OrthogonalTask;
  /** What is left of it after training with the best method. */
  readonly summary: TaskSummary | undefined;
  readonly forgetting: Forgetting;
  /** Whether there was anything of it in the network without transfer; undefined where that was not measured. */
  readonly removable: Removable | undefined;
}
