import { type PairedDifference, SIGNIFICANCE, spread } from '../../analysis/statistics.js';
import type { ComparisonResults, OrthogonalTask } from '../results.js';
import { accuracyDifference, type MethodSummary } from '../summary.js';
import { named } from '../tasks.js';
import type { ComparedMethod, Forgetting, TaskEvidence, VerdictEvidence, VerdictKind } from './evidence.js';
import { verdictReasons, verdictSentence } from './wording.js';

/** With fewer pairs no conclusion is drawn, whatever the p value. */
const MINIMUM_PAIRS = 3;

/** What a comparison answers: does forgetting help, and did the network really forget? */
export interface Verdict {
  readonly kind: VerdictKind;
  /** The id of the method that the verdict speaks of: the penalty with the largest gain. */
  readonly method: string | undefined;
  /** How well probes read the labels that the method is to forget, against the reference; empty without a method. */
  readonly tasks: readonly { readonly name: string; readonly forgetting: Forgetting }[];
  /** The answer. */
  readonly sentence: string;
  /** What it rests on and what weakens it, at most two and one a task, the weightiest first. */
  readonly reasons: readonly string[];
}

/**
 * Judges a comparison from its summaries. A penalty helps only if its gain is significant after Holm's correction;
 * forgetting is the cause only if a control, such as shuffled frozen features, does not gain as well. Whether something
 * was forgotten is asked of the orthogonal tasks that the penalty is about.
 */
export function judge(results: ComparisonResults, summaries: readonly MethodSummary[]): Verdict {
  const evidence = gather(results, summaries);
  const { best, tasks } = evidence;
  const kind = decide(evidence);
  return {
    kind,
    method: best?.method.id,
    tasks: best === undefined ? [] : tasks.map(({ task, forgetting }) => ({ name: task.name, forgetting })),
    sentence: verdictSentence(kind, evidence),
    reasons: verdictReasons(kind, evidence).slice(0, 2 + tasks.length),
  };
}

function gather(results: ComparisonResults, summaries: readonly MethodSummary[]): VerdictEvidence {
  const compared = summaries.filter(isCompared);
  const penalties = compared.filter((summary) => summary.penalised && !summary.method.control);
  // A penalty with few pairs or a wide spread may have the luckiest mean; it speaks only if there is no other.
  const trusted = penalties.filter(({ gain }) => gain.n >= MINIMUM_PAIRS);
  const changing = trusted.filter(({ gain, pHolm }) => isSignificant(gain, pHolm));
  const gaining = changing.filter(({ gain }) => gain.mean > 0);
  const best = largestGain(gaining) ?? largestGain(trusted) ?? largestGain(penalties);
  const control = largestGain(controlsOf(best, compared));
  return {
    results,
    best,
    control,
    overControl: best && control && accuracyDifference(results, best.method.id, control.method.id),
    losing: changing.filter(({ gain }) => gain.mean < 0),
    tasks: tasksOf(results, best).map((task) => taskEvidence(task, best)),
  };
}

function isCompared(summary: MethodSummary): summary is ComparedMethod {
  return summary.gain !== undefined;
}

/** The controls of a method: those that are about other tasks only where there are no others. */
function controlsOf(
  best: ComparedMethod | undefined,
  compared: readonly ComparedMethod[],
): readonly ComparedMethod[] {
  const controls = compared.filter(({ method }) => method.control);
  const own = controls.filter(
    ({ method: { forgets } }) =>
      forgets.length === 0 || forgets.some((name) => best?.method.forgets.includes(name)),
  );
  return own.length > 0 ? own : controls;
}

/** The tasks that a method is to forget; all where that is not told. */
function tasksOf({ tasks }: ComparisonResults, best: ComparedMethod | undefined): readonly OrthogonalTask[] {
  const own = tasks.filter(({ name }) => best?.method.forgets.includes(name));
  return own.length > 0 ? own : tasks;
}

function taskEvidence(task: OrthogonalTask, best: ComparedMethod | undefined): TaskEvidence {
  const { cka, threshold } = task.removable;
  const similarity = spread(cka).mean;
  const summary = best && named(best.tasks, task.name);
  return {
    task,
    summary,
    forgetting: forgettingOf(summary?.probeChange),
    nothingToRemove: similarity !== undefined && similarity < threshold,
  };
}

function decide({ best, control, overControl, tasks }: VerdictEvidence): VerdictKind {
  if (!best) return 'nothing-compared';
  if (best.gain.n < MINIMUM_PAIRS) return 'too-few-seeds';
  if (!isSignificant(best.gain, best.pHolm)) {
    return tasks.every(({ nothingToRemove }) => nothingToRemove) ? 'nothing-to-remove' : 'no-gain';
  }
  if (best.gain.mean < 0) return 'loss';
  if (!control) return 'gain-without-control';

  // The control is tested uncorrected: here a missed gain, not a false one, would lead to claiming too much.
  const controlGains = isSignificant(control.gain, control.gain.test?.p) && control.gain.mean > 0;
  const beatsControl =
    overControl !== undefined && isSignificant(overControl, overControl.test?.p) && overControl.mean > 0;
  if (beatsControl) return controlGains ? 'partial-gain' : 'gain';
  return controlGains ? 'regulariser' : 'control-unsettled';
}

function isSignificant({ n }: PairedDifference, p: number | undefined): boolean {
  return n >= MINIMUM_PAIRS && p !== undefined && p < SIGNIFICANCE;
}

function forgettingOf(change: PairedDifference | undefined): Forgetting {
  if (!change || change.n < MINIMUM_PAIRS) return 'unknown';
  if (!isSignificant(change, change.test?.p)) return 'unchanged';
  return change.mean < 0 ? 'less-readable' : 'more-readable';
}

function largestGain(summaries: readonly ComparedMethod[]): ComparedMethod | undefined {
  return summaries.toSorted((first, second) => second.gain.mean - first.gain.mean)[0];
}
