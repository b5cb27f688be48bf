import { holm, type PairedDifference, SIGNIFICANCE } from '../../analysis/statistics.js';
import type { ComparisonResults, OrthogonalTask } from '../results.js';
import { accuracyDifference, type MethodSummary } from '../summary.js';
import { named } from '../tasks.js';
import { isNotLearned } from './chance-level.js';
import type { ComparedMethod, Forgetting, TaskEvidence, VerdictEvidence, VerdictKind } from './evidence.js';
import { verdictReasons } from './reasons.js';
import { type Removable, removableOf } from './removable.js';
import { troubles } from './trouble.js';
import { verdictSentence } from './wording.js';

/** With fewer pairs no conclusion is drawn, whatever the p value. */
const MINIMUM_PAIRS = 3;

/** What a comparison answers: does forgetting help, and did the network really forget? */
export interface Verdict {
  readonly kind: VerdictKind;
  /** The id of the method that the verdict speaks of: the one with the largest gain of those that are to forget. */
  readonly method: string | undefined;
  /** How well probes read the labels that the method is to forget, against the reference; empty without a method. */
  readonly tasks: readonly { readonly name: string; readonly forgetting: Forgetting }[];
  /** The answer. */
  readonly sentence: string;
  /** What went wrong, then what the answer rests on and what weakens it (at most two and one a task), the weightiest first. */
  readonly reasons: readonly string[];
}

/**
 * Judges a comparison from its summaries. Where no method is well above chance, nothing else is said. A method helps only
 * if its gain is significant after Holm's correction; forgetting is the cause only if a control, such as shuffled frozen
 * features, does not gain as well. Whether something was forgotten is asked of the orthogonal tasks that the method is about.
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
    reasons: [...troubles(results), ...verdictReasons(kind, evidence).slice(0, 2 + tasks.length)],
  };
}

function gather(results: ComparisonResults, summaries: readonly MethodSummary[]): VerdictEvidence {
  const compared = summaries.filter(isCompared);
  const forgetting = compared.filter((summary) => summary.penalised && !summary.method.control);
  // A method with few pairs or a wide spread may have the luckiest mean; it speaks only if there is no other.
  const trusted = forgetting.filter(({ gain }) => gain.n >= MINIMUM_PAIRS);
  const changing = trusted.filter(({ gain, pHolm }) => isSignificant(gain, pHolm));
  const gaining = changing.filter(({ gain }) => gain.mean > 0);
  const best = largestGain(gaining) ?? largestGain(trusted) ?? largestGain(forgetting);
  const control = largestGain(controlsOf(best, compared));
  return {
    results,
    tested: summaries.filter(({ n }) => n > 0),
    best,
    control,
    overControl: best && control && accuracyDifference(results, best.method.id, control.method.id),
    losing: changing.filter(({ gain }) => gain.mean < 0),
    tasks: tasksEvidence(results, summaries, best),
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

/** What is known of each task that the method is about. With many, a probe changes by luck: p values are Holm's over them. */
function tasksEvidence(
  results: ComparisonResults,
  summaries: readonly MethodSummary[],
  best: ComparedMethod | undefined,
): TaskEvidence[] {
  const tasks = tasksOf(results, best);
  const changes = tasks.map(({ name }) => best && named(best.tasks, name).probeChange);
  const corrected = holm(changes.map((change) => change?.test?.p));
  return tasks.map((task, at) => ({
    task,
    summary: best && named(best.tasks, task.name),
    forgetting: forgettingOf(changes[at], corrected[at]),
    removable: removableFrom(results, summaries, task),
  }));
}

/** Whether there was anything of a task to remove; undefined where that was not measured. */
export function removableFrom(
  results: ComparisonResults,
  summaries: readonly MethodSummary[],
  task: OrthogonalTask,
): Removable | undefined {
  const { cka, threshold, calibrated } = task.removable;
  const reference = summaries.find((summary) => summary.reference);
  if (cka.length === 0 || reference === undefined) return undefined;
  const { probe } = named(reference.tasks, task.name);
  return removableOf(task, `“${reference.method.label}”`, {
    cka,
    threshold,
    calibrated,
    probes: probe.accuracy.mean === undefined ? [] : [probe.accuracy.mean],
    probeChance: probe.chance ?? 0,
    targets: reference.accuracy.mean === undefined ? [] : [reference.accuracy.mean],
    targetChance: results.target.chance,
    networks: task.network.accuracies,
    networkChance: task.network.chance,
  });
}

function decide(evidence: VerdictEvidence): VerdictKind {
  const { best, control, overControl, tasks } = evidence;
  if (isNotLearned(evidence)) return 'not-learned';
  if (!best) return 'nothing-compared';
  if (best.gain.n < MINIMUM_PAIRS) return 'too-few-seeds';
  if (!isSignificant(best.gain, best.pHolm)) {
    return tasks.every(({ removable }) => removable?.kind === 'little') ? 'nothing-to-remove' : 'no-gain';
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

function forgettingOf(change: PairedDifference | undefined, p: number | undefined): Forgetting {
  if (!change || change.n < MINIMUM_PAIRS) return 'unknown';
  if (!isSignificant(change, p)) return 'not-shown';
  return change.mean < 0 ? 'less-readable' : 'more-readable';
}

function largestGain(summaries: readonly ComparedMethod[]): ComparedMethod | undefined {
  return summaries.toSorted((first, second) => second.gain.mean - first.gain.mean)[0];
}
