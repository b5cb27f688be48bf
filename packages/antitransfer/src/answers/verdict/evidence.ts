import type { PairedDifference } from '../../analysis/statistics.js';
import type { ComparisonResults, OrthogonalTask } from '../results.js';
import type { MethodSummary, TaskSummary } from '../summary.js';

/**
 * - `gain`: a significant gain that the control does not have
 * - `partial-gain`: the control gains too, but significantly less
 * - `regulariser`: the control gains as well, so that the gain is not from forgetting
 * - `control-unsettled`: a gain; the control neither gains nor is clearly worse
 * - `gain-without-control`: a gain; no control was run
 */
export type VerdictKind =
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

/** Whether a linear probe reads the orthogonal label less or more well than without transfer. */
export type Forgetting = 'less-readable' | 'unchanged' | 'more-readable' | 'unknown';

/** A method with pairs of runs to the reference. */
export type ComparedMethod = MethodSummary & { readonly gain: PairedDifference };

/** What the wording of a verdict draws on. */
export interface VerdictEvidence {
  readonly results: ComparisonResults;
  /** The penalty with the largest gain, if any was compared. */
  readonly best: ComparedMethod | undefined;
  /** The control with the largest gain, if any was run. */
  readonly control: ComparedMethod | undefined;
  /** The best penalty's accuracy over that control's, in percentage points. */
  readonly overControl: PairedDifference | undefined;
  /** Penalties that lose significantly. */
  readonly losing: readonly ComparedMethod[];
  /** What is known of the orthogonal tasks that the best penalty is about; of all tasks without one. */
  readonly tasks: readonly TaskEvidence[];
}

export interface TaskEvidence {
  readonly task: OrthogonalTask;
  /** What is left of it after training with the best penalty. */
  readonly summary: TaskSummary | undefined;
  readonly forgetting: Forgetting;
  /** True when too little of the task's network is in the network without transfer. */
  readonly nothingToRemove: boolean;
}
