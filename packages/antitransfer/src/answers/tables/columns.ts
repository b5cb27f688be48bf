import { effectSize, type PairedDifference, SIGNIFICANCE } from '../../analysis/statistics.js';
import { formatEffect, formatInterval, formatP, formatPoints } from '../format.js';
import type { ComparisonResults, OrthogonalTask, RunResult } from '../results.js';
import { extremes, type MethodSummary } from '../summary.js';
import { named } from '../tasks.js';
import { type Column, type Measure, ofMethods, ofRuns, plain } from './column.js';

const ACCURACY: Measure = {
  id: 'accuracy',
  heading: 'Accuracy',
  unit: '%',
  ofRun: ({ test }) => test.accuracy,
  ofMethod: ({ accuracy }) => accuracy,
};

/** Balanced accuracy. */
const UAR: Measure = {
  id: 'balanced_accuracy',
  heading: 'UAR',
  unit: '%',
  whenNarrow: 'mean',
  ofRun: ({ test }) => test.balancedAccuracy,
  ofMethod: ({ balancedAccuracy }) => balancedAccuracy,
};

const MACRO_F1: Measure = {
  id: 'macro_f1',
  heading: 'Macro-F1',
  unit: '%',
  whenNarrow: 'nothing',
  ofRun: ({ test }) => test.macroF1,
  ofMethod: ({ macroF1 }) => macroF1,
};

const CONTRADICTING: Measure = {
  id: 'contradicting_accuracy',
  heading: 'Contra\u00ADdicting',
  unit: '%',
  whenNarrow: 'mean',
  ofRun: ({ test }) => test.contradicting?.accuracy,
  ofMethod: ({ contradicting }) => contradicting,
};

/** What is left of an orthogonal task. */
function taskMeasures(results: ComparisonResults, task: OrthogonalTask): Measure[] {
  const { name } = task;
  const common = {
    about: name,
    task: results.tasks.length > 1 ? task.name : undefined,
    whenNarrow: 'mean',
  } as const;
  return [
    {
      ...common,
      id: `cka ${name}`,
      heading: 'CKA',
      unit: '',
      ofRun: ({ tasks }) => named(tasks, name).cka,
      ofMethod: ({ tasks }) => named(tasks, name).cka,
    },
    {
      ...common,
      id: `probe ${name}`,
      heading: 'Probe',
      unit: '%',
      ofRun: ({ tasks }) => named(tasks, name).probe.accuracy,
      ofMethod: ({ tasks }) => named(tasks, name).probe.accuracy,
    },
    {
      ...common,
      id: `worst ${name}`,
      heading: 'Worst',
      unit: '%',
      ofRun: ({ tasks }) => extremes(named(tasks, name))?.low,
      ofMethod: ({ tasks }) => named(tasks, name).worst,
    },
    {
      ...common,
      id: `gap ${name}`,
      heading: 'Gap',
      unit: 'points',
      ofRun: ({ tasks }) => {
        const found = extremes(named(tasks, name));
        return found && found.high - found.low;
      },
      ofMethod: ({ tasks }) => named(tasks, name).gap,
    },
  ];
}

/** How far probabilities can be believed, beside the cross-entropy. */
const CALIBRATION: readonly Measure[] = [
  {
    id: 'calibration_error',
    heading: 'ECE',
    unit: '%',
    ofRun: ({ test }) => test.calibrationError,
    ofMethod: ({ calibration }) => calibration.error,
  },
  {
    id: 'brier_score',
    heading: 'Brier',
    unit: '',
    ofRun: ({ test }) => test.brierScore,
    ofMethod: ({ calibration }) => calibration.brierScore,
  },
];

const CROSS_ENTROPY: Measure = {
  id: 'cross_entropy',
  heading: 'NLL',
  unit: 'nats',
  ofRun: ({ test }) => test.crossEntropy,
  ofMethod: ({ calibration }) => calibration.crossEntropy,
};

/** The columns of calibration in a table of methods; none where probabilities were not scored. */
export function calibrationColumns(summaries: readonly MethodSummary[]): Column<MethodSummary>[] {
  const scored = summaries.some(({ calibration }) => calibration.error.n > 0);
  return scored ? [...CALIBRATION, CROSS_ENTROPY].map(ofMethods) : [];
}

/** The columns of the table of methods, beside the methods' names. */
export function methodColumns(
  results: ComparisonResults,
  summaries: readonly MethodSummary[],
): Column<MethodSummary>[] {
  const confounded = summaries.some(({ contradicting }) => contradicting !== undefined);
  return [
    {
      id: 'gain',
      heading: 'Gain',
      unit: 'points',
      value: ({ gain }) => gain?.mean,
      format: compared(({ gain }) => formatPoints(gain?.mean)),
      significance: ({ gain, pHolm }) => finding(gain, pHolm),
    },
    {
      id: 'interval',
      heading: '95% CI',
      unit: 'points',
      value: ({ gain }) => gain?.test?.interval.join(' '),
      format: ({ gain }) => formatInterval(gain),
      significance: ({ gain, pHolm }) => finding(gain, pHolm),
    },
    {
      id: 'p',
      heading: 'p',
      unit: '',
      symbol: true,
      whenNarrow: 'nothing',
      value: ({ gain }) => gain?.test?.p,
      format: compared(({ gain }) => formatP(gain?.test?.p)),
    },
    {
      id: 'p_holm',
      heading: 'p',
      unit: 'Holm',
      symbol: true,
      value: ({ pHolm }) => pHolm,
      format: compared(({ pHolm }) => formatP(pHolm)),
    },
    {
      id: 'effect',
      heading: 'Effect',
      unit: 'g',
      whenNarrow: 'nothing',
      value: ({ gain }) => gain && effectSize(gain),
      format: compared(({ gain }) => formatEffect(gain && effectSize(gain))),
    },
    ofMethods(ACCURACY),
    ofMethods(UAR),
    ofMethods(MACRO_F1),
    ...(confounded ? [ofMethods(CONTRADICTING)] : []),
    { id: 'runs', heading: 'Runs', unit: '', value: ({ n }) => n, format: ({ n }) => String(n) },
    ...results.tasks.flatMap((task) => taskMeasures(results, task)).map(ofMethods),
  ];
}

/** The columns of the table of runs: all that is measured of each. */
export function runColumns(results: ComparisonResults): Column<RunResult>[] {
  return [
    ...RUN_IDENTITY,
    plain('best_epoch', 'Chosen epoch', ({ bestEpoch }) => bestEpoch),
    plain('epochs', 'Epochs', ({ epochs }) => epochs.length),
    plain('seconds', 'Seconds', ({ seconds }) => seconds),
    ...[ACCURACY, UAR, MACRO_F1].map(ofRuns),
    ofRuns(CROSS_ENTROPY),
    ofRuns(CONTRADICTING),
    plain('contradicting_clips', 'Contradicting clips', ({ test }) => test.contradicting?.count),
    plain('macro_precision', 'Precision', ({ test }) => test.macroPrecision),
    ...CALIBRATION.map(ofRuns),
    ...(['train', 'validation'] as const).flatMap((side) =>
      SIDE_SCORES.map(([id, heading, score]) =>
        plain<RunResult>(`${side}_${id}`, `${heading}, ${side}`, ({ sides }) => sides?.[side]?.[score]),
      ),
    ),
    ...results.tasks.flatMap((task) => [
      ...taskMeasures(results, task).map(ofRuns),
      plain<RunResult>(
        `probe_chance ${task.name}`,
        'Chance',
        ({ tasks }) => named(tasks, task.name).probe.chance,
      ),
    ]),
  ];
}

/** What is known of the chosen model on training and validation clips. */
const SIDE_SCORES = [
  ['accuracy', 'Accuracy', 'accuracy'],
  ['balanced_accuracy', 'UAR', 'balancedAccuracy'],
  ['macro_f1', 'Macro-F1', 'macroF1'],
  ['macro_precision', 'Precision', 'macroPrecision'],
  ['cross_entropy', 'Cross-entropy', 'crossEntropy'],
] as const;

/** Which training a row is about. */
export const RUN_IDENTITY: readonly Column<Pick<RunResult, 'method' | 'seed' | 'fold' | 'splitSeed'>>[] = [
  plain('method', 'Method', ({ method }) => method),
  plain('seed', 'Seed', ({ seed }) => seed),
  plain('fold', 'Fold', ({ fold }) => fold),
  plain('split_seed', 'Split seed', ({ seed, splitSeed = seed }) => splitSeed),
];

/** The reference is compared with nothing: its cells are empty. */
function compared(format: Column<MethodSummary>['format']): Column<MethodSummary>['format'] {
  return (summary) => (summary.reference ? '' : format(summary));
}

function finding(gain: PairedDifference | undefined, pHolm: number | undefined): 'gain' | 'loss' | undefined {
  if (gain === undefined || pHolm === undefined || pHolm >= SIGNIFICANCE) return undefined;
  return gain.mean > 0 ? 'gain' : 'loss';
}
