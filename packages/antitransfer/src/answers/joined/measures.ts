import { effectSize, type PairedDifference } from '../../analysis/statistics.js';
import { type Definition, noSettings, registryOf } from '../../registry.js';
import { agreeingAccuracy } from '../agreeing.js';
import type { BeyondSeeds } from '../beyond-seeds.js';
import {
  formatEffect,
  formatNumberEstimate,
  formatPoints,
  formatShareEstimate,
  formatUnitEstimate,
} from '../format.js';
import type { ComparisonResults, RunResult, TaskResult } from '../results.js';
import { type Estimate, estimateOf, extremes, type MethodSummary } from '../summary.js';

/** Something that comparisons measured, of which a joined table shows one. */
export interface JoinedMeasure<Name extends string = string> extends Definition {
  readonly name: Name;
  /** What a cell is in. */
  readonly unit: '%' | 'points' | '';
  /** Which of two methods is the better one; none where that cannot be said. */
  readonly better?: 'higher' | 'lower';
  /**
   * Of one run, as methods are compared by it.
   *
   * @param task what is left of an orthogonal task, for measures that are about one
   */
  ofRun(run: RunResult, task: TaskResult | undefined): number | undefined;
  /** Of all runs of a method, where it is not the mean of those with its interval. */
  ofMethod?(summary: MethodSummary, of: MeasuredOf): Estimate | undefined;
  /** Whether it looks at the answer to each test clip (`predictions`). */
  readonly ofAnswers?: true;
  /**
   * Of an accuracy that others reported, where it can be said.
   *
   * @param percent what they reported
   * @param reference what they reported of the comparison's first method, in percent; undefined for that itself
   */
  ofReported?(percent: number, reference: number | undefined): number | undefined;
  /** A mean with its interval, as it is shown. */
  format(estimate: Estimate): string;
}

/** Where a method was measured. */
interface MeasuredOf {
  readonly results: ComparisonResults;
  readonly beyond: BeyondSeeds;
  /** The orthogonal task that is asked about. */
  readonly task: string | undefined;
}

function defineMeasure<const Name extends string>(
  measure: Omit<JoinedMeasure<Name>, 'settings'>,
): JoinedMeasure<Name> {
  return { ...measure, settings: noSettings };
}

const shares = { unit: '%', format: formatShareEstimate } as const;

const accuracy = defineMeasure({
  name: 'accuracy',
  description: 'accuracy on the test clips',
  ...shares,
  better: 'higher',
  ofRun: ({ test }) => test.accuracy,
  ofReported: (percent) => percent / 100,
});

const balancedAccuracy = defineMeasure({
  name: 'balanced-accuracy',
  description: 'mean recall of the classes (UAR)',
  ...shares,
  better: 'higher',
  ofRun: ({ test }) => test.balancedAccuracy,
});

const macroF1 = defineMeasure({
  name: 'macro-f1',
  description: 'mean F1 score of the classes',
  ...shares,
  better: 'higher',
  ofRun: ({ test }) => test.macroF1,
});

const contradicting = defineMeasure({
  name: 'contradicting',
  description: 'accuracy on the test clips that go against what training suggested',
  ...shares,
  better: 'higher',
  ofRun: ({ test }) => test.contradicting?.accuracy,
});

const agreeing = defineMeasure({
  name: 'agreeing',
  description: 'accuracy on the test clips that go with what training suggested',
  ...shares,
  better: 'higher',
  ofRun: agreeingAccuracy,
});

const worstGroup = defineMeasure({
  name: 'worst-group',
  description: 'accuracy in the target for the worst orthogonal label',
  ...shares,
  better: 'higher',
  ofRun: (_, task) => task && extremes(task)?.low,
});

const gap = defineMeasure({
  name: 'gap',
  description: 'highest less lowest accuracy in the target of an orthogonal label',
  ...shares,
  unit: 'points',
  better: 'lower',
  ofRun: (_, task) => {
    const found = task && extremes(task);
    return found && found.high - found.low;
  },
});

const probe = defineMeasure({
  name: 'probe',
  description: 'how often a linear probe still reads the orthogonal label',
  ...shares,
  ofRun: (_, task) => task?.probe.accuracy,
});

const cka = defineMeasure({
  name: 'cka',
  description: 'likeness to the orthogonal network, 0 to 1',
  unit: '',
  format: formatUnitEstimate,
  ofRun: (_, task) => task?.cka,
});

const calibration = defineMeasure({
  name: 'calibration',
  description: 'expected calibration error: how far confidence and accuracy are apart, over 15 bins',
  ...shares,
  better: 'lower',
  ofRun: ({ test }) => test.calibrationError,
});

const brier = defineMeasure({
  name: 'brier',
  description: 'Brier score: squared distance of the probabilities from the truth, over all classes, 0 to 2',
  unit: '',
  format: formatNumberEstimate,
  better: 'lower',
  ofRun: ({ test }) => test.brierScore,
});

const negativeLogLikelihood = defineMeasure({
  name: 'negative-log-likelihood',
  description: 'cross-entropy on the test clips, in nats',
  unit: '',
  format: formatNumberEstimate,
  better: 'lower',
  ofRun: ({ test }) => test.crossEntropy,
});

const gain = defineMeasure({
  name: 'gain',
  description: 'accuracy over the first method of the comparison, paired by seed and fold',
  unit: 'points',
  better: 'higher',
  ofRun: ({ test }) => test.accuracy,
  ofMethod: ({ gain: difference }) => difference && estimateOfDifference(difference),
  ofReported: (percent, reference) => (reference === undefined ? undefined : percent - reference),
  format: ({ mean, interval }) =>
    interval === undefined
      ? formatPoints(mean)
      : `${formatPoints(mean)} [${interval.map((bound) => formatPoints(bound)).join(', ')}]`,
});

const beyondSeeds = {
  unit: gain.unit,
  ofAnswers: true,
  ofRun: gain.ofRun,
  format: gain.format,
} as const;

const gainOverClips = defineMeasure({
  name: 'gain-over-clips',
  description: 'the gain, with its interval over other test clips: a bootstrap of seeds and clips',
  ...beyondSeeds,
  ofMethod: (summary, { beyond }) => estimateBeyond(summary, beyond, beyond.ofClips),
});

const gainOverGroups = defineMeasure({
  name: 'gain-over-groups',
  description:
    'the gain, with its interval over other orthogonal labels, such as other speakers: a bootstrap of seeds and labels',
  ...beyondSeeds,
  ofMethod: (summary, { beyond, task }) => estimateBeyond(summary, beyond, task),
});

const effect = defineMeasure({
  name: 'effect',
  description: 'the gain over its own standard deviation (Hedges’ g of pairs)',
  unit: '',
  ofRun: ({ test }) => test.accuracy,
  ofMethod: ({ gain: difference }) => {
    const mean = difference && effectSize(difference);
    return difference && mean !== undefined ? { n: difference.n, mean, interval: undefined } : undefined;
  },
  format: ({ mean }) => formatEffect(mean),
});

/** What a joined table may show. */
export const joinedMeasures = registryOf<JoinedMeasure>('measure')(
  accuracy,
  balancedAccuracy,
  macroF1,
  contradicting,
  agreeing,
  worstGroup,
  gap,
  probe,
  cka,
  calibration,
  brier,
  negativeLogLikelihood,
  gain,
  gainOverClips,
  gainOverGroups,
  effect,
);

function estimateOfDifference({ n, mean, test }: PairedDifference): Estimate {
  return { n, mean, interval: test?.interval };
}

/** The gain with its interval over a population of the test; none where the test is not of several. */
function estimateBeyond(
  { method, gain: difference }: MethodSummary,
  beyond: BeyondSeeds,
  name: string | undefined,
): Estimate | undefined {
  if (difference === undefined || !beyond.populations.some((population) => population.name === name))
    return undefined;
  return { n: difference.n, mean: difference.mean, interval: beyond.interval(method.id, name ?? '') };
}

/** A measure of all runs of a method. */
export function estimateMeasure(
  measure: JoinedMeasure,
  of: MeasuredOf,
  summary: MethodSummary,
  runs: readonly RunResult[],
  measured: (run: RunResult) => number | undefined,
): Estimate | undefined {
  return measure.ofMethod === undefined
    ? estimateOf(of.results, runs, measured)
    : measure.ofMethod(summary, of);
}
