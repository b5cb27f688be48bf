import {
  holm,
  type PairedDifference,
  pairedDifference,
  type Spread,
  spread,
} from '../analysis/statistics.js';
import { UserError } from '../errors.js';
import type { ComparisonResults, MethodDescription, RunResult } from './results.js';

/** What all runs of one method say together. Accuracies, F1, CKA and probe are in [0, 1], gains in percentage points. */
export interface MethodSummary {
  readonly method: MethodDescription;
  /** True for the first method, which every gain refers to. */
  readonly reference: boolean;
  /** True when its training carried a penalty; weight initialisation, for example, transfers but forgets nothing. */
  readonly penalised: boolean;
  /** Number of runs. */
  readonly n: number;
  readonly accuracy: Spread;
  readonly macroF1: Spread;
  /** Accuracy on the clips that contradict the confound; undefined when there is no confound. */
  readonly contradicting: Spread | undefined;
  readonly cka: Spread;
  readonly probe: { readonly accuracy: Spread; readonly chance: number | undefined };
  /** Accuracy over the reference in percentage points, over the pairs; undefined for the reference and without pairs. */
  readonly gain: PairedDifference | undefined;
  /** The p value of `gain` after Holm's correction over all methods compared. */
  readonly pHolm: number | undefined;
  /** Change of the probe's accuracy against the reference, in percentage points. */
  readonly probeChange: PairedDifference | undefined;
  /** Change of CKA against the reference. */
  readonly ckaChange: PairedDifference | undefined;
}

/**
 * Sums up every method of a comparison, in the order of `results.methods`. Runs are paired by seed and fold; a run
 * without its partner counts in the means and not in the differences. When there are folds, the tests are
 * corrected for training sets that overlap (see {@link resamplingRatio}).
 *
 * @throws UserError when two runs of a method have the same seed and fold, or a run's method is not described.
 */
export function summarise(results: ComparisonResults): MethodSummary[] {
  const runsOf = groupRuns(results);
  const testToTrainRatio = resamplingRatio(results);
  const referenceRuns = runsOf.get(results.methods[0]?.id ?? '') ?? new Map<string, RunResult>();

  const summaries = results.methods.map((method, index): Omit<MethodSummary, 'pHolm'> => {
    const paired = runsOf.get(method.id)!;
    const runs = [...paired.values()];
    const against = (measure: (run: RunResult) => number): PairedDifference | undefined =>
      index === 0
        ? undefined
        : pairedDifference(pairsOf(paired, referenceRuns, measure), { testToTrainRatio });
    const contradicting = runs.flatMap((run) => run.test.contradicting?.accuracy ?? []);
    return {
      method,
      reference: index === 0,
      penalised: runs.some((run) =>
        run.epochs.some((epoch) => Object.keys(epoch.train.penalties).length > 0),
      ),
      n: runs.length,
      accuracy: spread(runs.map((run) => run.test.accuracy)),
      macroF1: spread(runs.map((run) => run.test.macroF1)),
      contradicting: contradicting.length > 0 ? spread(contradicting) : undefined,
      cka: spread(runs.map((run) => run.cka)),
      probe: {
        accuracy: spread(runs.map((run) => run.probe.accuracy)),
        chance: spread(runs.map((run) => run.probe.chance)).mean,
      },
      gain: against((run) => 100 * run.test.accuracy),
      probeChange: against((run) => 100 * run.probe.accuracy),
      ckaChange: against((run) => run.cka),
    };
  });
  const corrected = holm(summaries.map((summary) => summary.gain?.test?.p));
  return summaries.map((summary, index) => ({ ...summary, pHolm: corrected[index] }));
}

/** Accuracy of one method over another, in percentage points, over the runs that both have. */
export function accuracyDifference(
  results: ComparisonResults,
  method: string,
  other: string,
): PairedDifference | undefined {
  const runsOf = groupRuns(results);
  const empty = new Map<string, RunResult>();
  const pairs = pairsOf(
    runsOf.get(method) ?? empty,
    runsOf.get(other) ?? empty,
    (run) => 100 * run.test.accuracy,
  );
  return pairedDifference(pairs, { testToTrainRatio: resamplingRatio(results) });
}

/**
 * Test clips per training clip when the runs are folds of one corpus, for the correction of Nadeau and Bengio;
 * undefined when every run stands for a seed of its own.
 */
export function resamplingRatio(results: ComparisonResults): number | undefined {
  const folded = results.runs.some((run) => run.fold !== undefined);
  const { test, train } = results.split.counts;
  return folded && train > 0 ? test / train : undefined;
}

/** Method to its runs by seed and fold. */
function groupRuns(results: ComparisonResults): Map<string, Map<string, RunResult>> {
  const groups = new Map(results.methods.map((method) => [method.id, new Map<string, RunResult>()]));
  for (const run of results.runs) {
    const group = groups.get(run.method);
    if (!group) {
      const known = [...groups.keys()].join(', ');
      throw new UserError(
        `A run belongs to the method "${run.method}", but the results describe only: ${known}.`,
      );
    }
    const pair = `seed ${run.seed}${run.fold === undefined ? '' : `, fold ${run.fold}`}`;
    if (group.has(pair)) {
      throw new UserError(
        `The results hold two runs of "${run.method}" for ${pair}. Remove one: runs are compared pair by pair.`,
      );
    }
    group.set(pair, run);
  }
  return groups;
}

function pairsOf(
  runs: ReadonlyMap<string, RunResult>,
  others: ReadonlyMap<string, RunResult>,
  measure: (run: RunResult) => number,
): [number, number][] {
  return [...runs].flatMap(([pair, run]): [number, number][] => {
    const other = others.get(pair);
    return other ? [[measure(run), measure(other)]] : [];
  });
}
