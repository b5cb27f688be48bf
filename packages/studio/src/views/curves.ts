import type { CurvePoint } from 'antitransfer/answers';

/** One measure over the epochs of all trainings, those under way included. */
export interface CurvesView {
  /** What can be asked for, by its id. */
  readonly measures: readonly { readonly id: string; readonly title: string }[];
  /** The id of what is shown; absent as long as nothing was measured. */
  readonly measure?: string;
  readonly title: string;
  /** With its unit. */
  readonly axis: string;
  /** Shown in any case. */
  readonly within: readonly [low: number, high: number];
  /** The most that any training may take. */
  readonly epochs: number;
  readonly curves: readonly MethodCurve[];
}

/** The mean over a method's trainings, and each of them. */
export interface MethodCurve {
  readonly method: string;
  readonly points: readonly CurvePoint[];
  readonly runs: readonly TrainingCurve[];
}

export interface TrainingCurve {
  /** `seed 1`, `seed 1, fold 0`. */
  readonly name: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}
