import type { EpochMetrics } from 'antitransfer/answers';

/** How trainings went, epoch by epoch, those under way included. */
export interface CurvesView {
  /** The most that any training may take. */
  readonly epochs: number;
  readonly curves: readonly Curve[];
}

/** One training. */
export interface Curve {
  readonly method: string;
  /** `seed 1`, `seed 1, fold 0`. */
  readonly repetition: string;
  readonly points: readonly EpochMetrics[];
}
