import { spread } from '../../analysis/statistics.js';
import type { EpochMetrics, RunResult } from '../results.js';

/** One epoch of a method: the mean over its runs and one standard deviation to either side. */
export interface CurvePoint {
  readonly epoch: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A measure over the epochs, averaged over the runs. A curve ends where fewer than half of the runs still train:
 * beyond that, it would show which runs are left rather than how they learn.
 */
export function meanCurve(
  runs: readonly RunResult[],
  measure: (epoch: EpochMetrics) => number | undefined,
): CurvePoint[] {
  const byEpoch = new Map<number, number[]>();
  for (const metrics of runs.flatMap((run) => run.epochs)) {
    const value = measure(metrics);
    if (value === undefined || !Number.isFinite(value)) continue;
    byEpoch.set(metrics.epoch, [...(byEpoch.get(metrics.epoch) ?? []), value]);
  }
  return [...byEpoch]
    .filter(([, values]) => 2 * values.length >= runs.length)
    .sort(([first], [second]) => first - second)
    .map(([epoch, values]) => {
      const { mean = 0, deviation = 0 } = spread(values);
      return { epoch, mean, low: mean - deviation, high: mean + deviation };
    });
}
