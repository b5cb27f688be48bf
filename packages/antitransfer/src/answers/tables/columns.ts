import { effectSize, type PairedDifference, SIGNIFICANCE, type Spread } from '../../analysis/statistics.js';
import {
  formatEffect,
  formatInterval,
  formatP,
  formatPoints,
  formatShareEstimate,
  formatShares,
  formatUnits,
} from '../format.js';
import type { ComparisonResults, OrthogonalTask, RunResult } from '../results.js';
import { type Estimate, extremes, type MethodSummary } from '../summary.js';
import { named } from '../tasks.js';

/** A column of results. What a table is written as (text, HTML, CSV) is another matter: see the renderers beside this file. */
export interface Column<Row> {
  /** Unlike those of the other columns; what CSV calls it: `accuracy`, `cka speaker`. */
  readonly id: string;
  /** For people: `Accuracy`. A soft hyphen may stand in it. */
  readonly heading: string;
  /** `%`, `points`; empty where there is none. */
  readonly unit: string;
  /** The name of the orthogonal task that it is about; none for the target. */
  readonly about?: string;
  /** What people call that task, where there are several. */
  readonly task?: string | undefined;
  /** True for a symbol such as p, which is set in italics. */
  readonly symbol?: boolean;
  /** What is left of it where room is short, as in a terminal; all of it when absent. */
  readonly whenNarrow?: 'mean' | 'nothing';
  /** The plain number, for machines; undefined where there is none. */
  readonly value: (row: Row) => number | string | undefined;
  /** For people; a deviation is written behind ` ± `, an interval behind ` [`. */
  readonly format: (row: Row) => string;
  /** Whether it is a finding; by default it is none. */
  readonly significance?: (row: Row) => 'gain' | 'loss' | undefined;
}

/** What is measured of every run. */
interface Measure {
  readonly id: string;
  readonly heading: string;
  readonly unit: '%' | '' | 'points';
  readonly about?: string;
  readonly task?: string | undefined;
  readonly whenNarrow?: 'mean' | 'nothing';
  readonly ofRun: (run: RunResult) => number | undefined;
  /** Mean and deviation, or mean and interval. */
  readonly ofMethod: (summary: MethodSummary) => Spread | Estimate | undefined;
}

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
    plain('cross_entropy', 'Cross-entropy', ({ test }) => test.crossEntropy),
    ofRuns(CONTRADICTING),
    plain('contradicting_clips', 'Contradicting clips', ({ test }) => test.contradicting?.count),
    plain('macro_precision', 'Precision', ({ test }) => test.macroPrecision),
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
export const RUN_IDENTITY: readonly Column<Pick<RunResult, 'method' | 'seed' | 'fold'>>[] = [
  plain('method', 'Method', ({ method }) => method),
  plain('seed', 'Seed', ({ seed }) => seed),
  plain('fold', 'Fold', ({ fold }) => fold),
];

/** A column whose numbers are shown as they are. */
export function plain<Row>(id: string, heading: string, value: Column<Row>['value']): Column<Row> {
  return { id, heading, unit: '', value, format: (row) => String(value(row) ?? '') };
}

function ofMethods({ ofMethod, ofRun: _, ...column }: Measure): Column<MethodSummary> {
  const format = column.unit === '' ? formatUnits : formatShares;
  return {
    ...column,
    value: (summary) => ofMethod(summary)?.mean,
    format: (summary) => {
      const found = ofMethod(summary);
      return found !== undefined && 'interval' in found ? formatShareEstimate(found) : format(found);
    },
  };
}

function ofRuns({ id, heading, ofRun }: Measure): Column<RunResult> {
  return plain(id, heading, ofRun);
}

/** The reference is compared with nothing: its cells are empty. */
function compared(format: Column<MethodSummary>['format']): Column<MethodSummary>['format'] {
  return (summary) => (summary.reference ? '' : format(summary));
}

function finding(gain: PairedDifference | undefined, pHolm: number | undefined): 'gain' | 'loss' | undefined {
  if (gain === undefined || pHolm === undefined || pHolm >= SIGNIFICANCE) return undefined;
  return gain.mean > 0 ? 'gain' : 'loss';
}
