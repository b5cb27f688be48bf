import { type ChanceTest, testAgainstChance } from '../analysis/chance.js';
import {
  holm,
  meanInterval,
  type PairedDifference,
  pairedDifference,
  type Spread,
  spread,
} from '../analysis/statistics.js';
import { entryOf } from '../lookup.js';
import { mean as meanOf, sum } from '../numbers/mean.js';
import { codeUnitOrder } from '../numbers/order.js';
import { bySplit, overSplits, type SplitKey } from './over-splits.js';
import { PairedRuns } from './pairs.js';
import type { ComparisonResults, MethodDescription, RunResult, TaskResult } from './results.js';
import { named } from './tasks.js';

/** What all runs of one method say together. Accuracies, F1, CKA and probe are in [0, 1], gains in percentage points. */
export interface MethodSummary {
  readonly method: MethodDescription;
  /** True for the first method, which every gain refers to. */
  readonly reference: boolean;
  /** True when something joined its cross-entropy, or corrected its networks; weight initialisation, for example, transfers but forgets nothing. */
  readonly penalised: boolean;
  /** Number of runs. */
  readonly n: number;
  readonly accuracy: Spread;
  readonly macroF1: Spread;
  /** Mean recall of the classes (UAR). */
  readonly balancedAccuracy: Spread;
  /** What its probabilities are worth. */
  readonly calibration: CalibrationSummary;
  /** The mean accuracy beside chance; undefined without runs. */
  readonly chance: ChanceTest | undefined;
  /** Accuracy on the clips that contradict the confound; undefined when there is no confound. */
  readonly contradicting: Spread | undefined;
  /** What is left of each orthogonal task, in the order of the results. */
  readonly tasks: readonly TaskSummary[];
  /** Accuracy over the reference in percentage points, over the pairs; undefined for the reference and without pairs. */
  readonly gain: PairedDifference | undefined;
  /** The p value of `gain` after Holm's correction over all methods compared. */
  readonly pHolm: number | undefined;
}

/** How far the probabilities of a method's networks can be believed, over its runs. */
export interface CalibrationSummary {
  /** Expected calibration error, in [0, 1]. */
  readonly error: Spread;
  /** Brier score over all classes, in [0, 2]. */
  readonly brierScore: Spread;
  /** Cross-entropy, or negative log likelihood, in nats. */
  readonly crossEntropy: Spread;
}

/** For whom the networks of a method work: accuracy in the target on the test clips of each label of a column. */
export interface GroupsSummary {
  /** In the order of the labels; empty where they are not known. */
  readonly groups: readonly GroupSummary[];
  /** Accuracy of each run's worst group. */
  readonly worst: Estimate | undefined;
  /** Highest less lowest accuracy of a group, run by run. Also groups that are equally hard differ, by luck. */
  readonly gap: Estimate | undefined;
}

/** How much of an orthogonal task the networks of a method still know, and accuracy by the task's label. */
export interface TaskSummary extends GroupsSummary {
  /** The task's. */
  readonly name: string;
  readonly cka: Spread;
  readonly probe: { readonly accuracy: Spread; readonly chance: number | undefined };
  /** Change of CKA against the reference. */
  readonly ckaChange: PairedDifference | undefined;
  /** Change of the probe's accuracy against the reference, in percentage points. */
  readonly probeChange: PairedDifference | undefined;
}

/** A mean over runs with its 95% confidence interval, which two runs or more have. */
export interface Estimate {
  readonly n: number;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** How well the target is told on the test clips of one label. */
export interface GroupSummary {
  readonly group: string;
  readonly accuracy: Estimate;
  /** Test clips of all runs together. */
  readonly count: number;
}

/**
 * Sums up every method of a comparison, in the order of `results.methods`. Runs are paired by seed and fold; a run
 * without its partner counts in the means and not in the differences. When there are folds, or
 * seeds draw splits of their own, the tests are corrected for clips that those share (see {@link resamplingRatio}).
 *
 * @throws UserError when two runs of a method have the same seed and fold, or a run's method is not described.
 */
export function summarise(results: ComparisonResults): MethodSummary[] {
  const paired = new PairedRuns(results);
  const summaries = results.methods.map((_, index) => summaryOf(results, paired, index));
  const corrected = holm(summaries.map((summary) => summary.gain?.test?.p));
  return summaries.map((summary, index) => ({ ...summary, pHolm: corrected[index] }));
}

/** Accuracy of one method over another, in percentage points, over the runs that both have. */
export function accuracyDifference(
  results: ComparisonResults,
  method: string,
  other: string,
): PairedDifference | undefined {
  return difference(results, new PairedRuns(results), method, other, accuracyPoints);
}

/**
 * Test clips per training clip when the runs are folds of one corpus, or seeds that draw their splits from one, for the
 * correction of Nadeau and Bengio; undefined where all runs share one split, so that only first weights differ.
 */
export function resamplingRatio(results: ComparisonResults): number | undefined {
  const folded = results.runs.some((run) => run.fold !== undefined);
  const { redrawn, counts } = results.split;
  const { test, train } = counts;
  return (folded || redrawn) && train > 0 ? test / train : undefined;
}

function summaryOf(
  results: ComparisonResults,
  paired: PairedRuns,
  index: number,
): Omit<MethodSummary, 'pHolm'> {
  const [reference] = results.methods;
  const method = results.methods[index];
  if (reference === undefined || method === undefined) throw new RangeError(`There is no method ${index}.`);
  const runs = paired.of(method.id);
  const over = (measure: (run: RunResult) => number | undefined) => spread(overSplits(runs, measure));
  const accuracy = over((run) => run.test.accuracy);
  const against = (measure: (run: RunResult) => number) =>
    index === 0 ? undefined : difference(results, paired, method.id, reference.id, measure);
  const contradicting = over((run) => run.test.contradicting?.accuracy);
  return {
    method,
    reference: index === 0,
    penalised: method.objectives.length > 0 || method.correction !== undefined,
    n: runs.length,
    accuracy,
    balancedAccuracy: over((run) => run.test.balancedAccuracy),
    chance: chanceTest(accuracy, results.target.chance, testedClips(results, runs)),
    macroF1: over((run) => run.test.macroF1),
    calibration: {
      error: over(({ test }) => test.calibrationError),
      brierScore: over(({ test }) => test.brierScore),
      crossEntropy: over(({ test }) => test.crossEntropy),
    },
    contradicting: contradicting.n > 0 ? contradicting : undefined,
    tasks: results.tasks.map(({ name }): TaskSummary => {
      const of = (run: RunResult) => named(run.tasks, name);
      return {
        name,
        cka: over((run) => of(run).cka),
        probe: {
          accuracy: over((run) => of(run).probe.accuracy),
          chance: over((run) => of(run).probe.chance).mean,
        },
        ...summariseGroups(results, runs, of),
        ckaChange: against((run) => of(run).cka),
        probeChange: against((run) => 100 * of(run).probe.accuracy),
      };
    }),
    gain: against(accuracyPoints),
  };
}

/** Lowest and highest accuracy of a group in one run; undefined where there are fewer than two. */
export function extremes({
  groups,
}: Pick<TaskResult, 'groups'>): { readonly low: number; readonly high: number } | undefined {
  if (groups.length < 2) return undefined;
  const accuracies = groups.map(({ accuracy }) => accuracy);
  return { low: Math.min(...accuracies), high: Math.max(...accuracies) };
}

/** Different test clips of some runs. */
function testedClips({ split }: ComparisonResults, runs: readonly RunResult[]): number {
  const clips = new Set(
    runs.flatMap(({ predictions }) => predictions.map(({ clip, recording = clip }) => recording)),
  );
  return clips.size > 0 ? clips.size : split.counts.test;
}

function chanceTest(accuracy: Spread, chance: number, clips: number): ChanceTest | undefined {
  if (accuracy.mean === undefined || clips === 0) return undefined;
  return testAgainstChance(accuracy.mean, chance, clips);
}

/** The mean of something measured in the runs of a method, with its interval over splits; corrected as the gains are. */
export function estimateOf<Run extends SplitKey>(
  results: ComparisonResults,
  runs: readonly Run[],
  measure: (run: Run) => number | undefined,
): Estimate | undefined {
  const values = overSplits(runs, measure);
  const { n, mean } = spread(values);
  if (mean === undefined) return undefined;
  const testToTrainRatio = resamplingRatio(results);
  const options = { ...(testToTrainRatio !== undefined && { testToTrainRatio }) };
  return { n, mean, interval: meanInterval(values, options) };
}

/**
 * Accuracy by group over the runs of a method, the worst group of each run, and the gap between its best and its worst.
 *
 * @param of what is known of a run's groups
 */
export function summariseGroups<Run extends SplitKey>(
  results: ComparisonResults,
  runs: readonly Run[],
  of: (run: Run) => Pick<TaskResult, 'groups'>,
): GroupsSummary {
  const labels = new Set(runs.flatMap((run) => of(run).groups.map(({ group }) => group)));
  const groupOf = (run: Run, label: string) => of(run).groups.find(({ group }) => group === label);
  const extreme = (measure: (shares: { readonly low: number; readonly high: number }) => number) =>
    estimateOf(results, runs, (run) => {
      const shares = extremes(of(run));
      return shares && measure(shares);
    });
  return {
    groups: [...labels].sort(codeUnitOrder).flatMap((group) => {
      const accuracy = estimateOf(results, runs, (run) => groupOf(run, group)?.accuracy);
      const count = sum(runs.map((run) => groupOf(run, group)?.count ?? 0));
      return accuracy === undefined ? [] : [{ group, accuracy, count }];
    }),
    worst: extreme(({ low }) => low),
    gap: extreme(({ low, high }) => high - low),
  };
}

/**
 * Something measured in the runs of one method less the same of another, over the runs that both have: a pair for each split, of
 * the means over its trainings.
 */
export function difference(
  results: ComparisonResults,
  paired: PairedRuns,
  method: string,
  other: string,
  measure: (run: RunResult) => number,
): PairedDifference | undefined {
  const partners = new Map(paired.between(method, other));
  const pairs = bySplit([...partners.keys()]).map(
    (runs) =>
      [meanOf(runs.map(measure)), meanOf(runs.map((run) => measure(entryOf(partners, run))))] as const,
  );
  const testToTrainRatio = resamplingRatio(results);
  return pairedDifference(pairs, { ...(testToTrainRatio !== undefined && { testToTrainRatio }) });
}

function accuracyPoints({ test }: RunResult): number {
  return 100 * test.accuracy;
}
