import { meanInterval, spread } from '../../analysis/statistics.js';
import type { CurvePoint, Line } from '../charts/lines.js';
import type { EpochMetrics, RunResult } from '../results.js';

/** What is drawn of a training: its epochs. */
export type Training = Pick<RunResult, 'epochs'>;

/** Runs below which curves have no interval. */
const FEWEST = 3;

/**
 * A measure over the epochs, averaged over the runs. A curve ends where fewer than half of the runs still train:
 * beyond that, it would show which runs are left rather than how they learn.
 */
export function meanCurve(
  runs: readonly Training[],
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
    .map(([epoch, values]) => ({
      epoch,
      n: values.length,
      mean: spread(values).mean ?? 0,
      interval: values.length < FEWEST ? undefined : meanInterval(values),
    }));
}

/** What is drawn over the epochs, in training and in validation. */
export interface CurveMeasure {
  readonly axis: string;
  /** Shown in any case. */
  readonly within: readonly [low: number, high: number];
  readonly train: (epoch: EpochMetrics) => number;
  readonly validation: (epoch: EpochMetrics) => number;
}

export const lossCurves: CurveMeasure = {
  axis: 'cross-entropy',
  within: [0, 0.1],
  train: (epoch) => epoch.train.crossEntropy,
  validation: (epoch) => epoch.validation.crossEntropy,
};

export const accuracyCurves: CurveMeasure = {
  axis: 'accuracy, %',
  within: [0, 100],
  train: (epoch) => 100 * epoch.train.accuracy,
  validation: (epoch) => 100 * epoch.validation.accuracy,
};

/** The curves of a method's runs: training dashed, validation whole. */
export function curveLines(runs: readonly RunResult[], colour: string, measure: CurveMeasure): Line[] {
  return [
    { name: 'training', colour, dashed: true, points: meanCurve(runs, measure.train) },
    { name: 'validation', colour, dashed: false, points: meanCurve(runs, measure.validation) },
  ];
}
