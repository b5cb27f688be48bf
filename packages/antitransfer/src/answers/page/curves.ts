import { meanInterval, spread } from '../../analysis/statistics.js';
import type { CurvePoint, Line } from '../charts/lines.js';
import { overSplits } from '../over-splits.js';
import type { EpochMetrics, RunResult } from '../results.js';

/** What is drawn of a training: its epochs. */
export type Training = Pick<RunResult, 'epochs' | 'seed' | 'fold' | 'splitSeed'>;

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
  const measured = runs.map((run) => {
    const values = run.epochs.flatMap((metrics): [number, number][] => {
      const value = measure(metrics);
      return value === undefined || !Number.isFinite(value) ? [] : [[metrics.epoch, value]];
    });
    return { ...run, values: new Map(values) };
  });
  const epochs = new Set(measured.flatMap(({ values }) => [...values.keys()]));
  return [...epochs]
    .sort((first, second) => first - second)
    .flatMap((epoch): CurvePoint[] => {
      const there = measured.filter(({ values }) => values.has(epoch));
      if (2 * there.length < runs.length) return [];
      const values = overSplits(there, (run) => run.values.get(epoch));
      return [
        {
          epoch,
          n: there.length,
          mean: spread(values).mean ?? 0,
          interval: values.length < FEWEST ? undefined : meanInterval(values),
        },
      ];
    });
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
