import type { EpochMetrics } from '../results.js';
import { accuracyCurves, lossCurves } from './curves.js';

/** What may be drawn over the epochs of trainings, one line each. */
export interface EpochMeasure {
  /** Unlike those of the others: `accuracy`, `cka speaker`. */
  readonly id: string;
  readonly title: string;
  /** With its unit. */
  readonly axis: string;
  /** Shown in any case. */
  readonly within: readonly [low: number, high: number];
  readonly of: (epoch: EpochMetrics) => number | undefined;
}

/** All that some of these epochs measured, what is most often looked at first; none of what is nowhere a number. */
export function epochMeasures(epochs: readonly EpochMetrics[]): EpochMeasure[] {
  const objectives = [...new Set(epochs.flatMap(({ train }) => Object.keys(train.objectives)))];
  const measures = [...new Set(epochs.flatMap((epoch) => Object.keys(epoch.measures)))];
  return [
    ...COMMON,
    ...objectives.map(
      (name): EpochMeasure => ({
        id: `objective ${name}`,
        title: `Objective “${name}”, before its weight`,
        axis: 'value in training batches',
        within: [0, 0],
        of: ({ train }) => train.objectives[name],
      }),
    ),
    PENALTY,
    ...measures.map((key): EpochMeasure => {
      const task = key.replace(/^cka\./, '');
      const isLikeness = key !== task;
      return {
        id: isLikeness ? `cka ${task}` : key,
        title: isLikeness ? `CKA to the ${task} network, validation clips` : key,
        axis: isLikeness ? 'CKA' : key,
        within: [0, isLikeness ? 1 : 0],
        of: (epoch) => epoch.measures[key],
      };
    }),
  ].filter(({ of }) => epochs.some((epoch) => Number.isFinite(of(epoch))));
}

const COMMON: readonly EpochMeasure[] = [
  {
    ...accuracyCurves,
    id: 'accuracy',
    title: 'Accuracy on validation clips',
    of: accuracyCurves.validation,
  },
  { ...accuracyCurves, id: 'training accuracy', title: 'Accuracy in training', of: accuracyCurves.train },
  {
    ...lossCurves,
    id: 'cross-entropy',
    title: 'Cross-entropy on validation clips',
    of: lossCurves.validation,
  },
  { ...lossCurves, id: 'training cross-entropy', title: 'Cross-entropy in training', of: lossCurves.train },
  {
    ...accuracyCurves,
    id: 'balanced accuracy',
    title: 'UAR on validation clips',
    axis: 'UAR, %',
    of: ({ validation: { balancedAccuracy } }) => balancedAccuracy && 100 * balancedAccuracy,
  },
  {
    ...accuracyCurves,
    id: 'worst group',
    title: 'Accuracy in the worst group of validation clips',
    of: ({ validation: { worstGroupAccuracy } }) => worstGroupAccuracy && 100 * worstGroupAccuracy,
  },
];

const PENALTY: EpochMeasure = {
  id: 'penalty',
  title: 'What penalties add to the loss on validation clips',
  axis: 'beta x likeness',
  within: [0, 0],
  of: ({ validation }) => validation.penalty,
};
