import { type PairedDifference, spread } from '../../analysis/statistics.js';
import type { ComparisonResults } from '../results.js';
import { accuracyDifference, type MethodSummary } from '../summary.js';
import {
  type Forgetting,
  type VerdictEvidence,
  type VerdictKind,
  verdictReasons,
  verdictSentence,
} from './wording.js';

/** The level below which a p value counts as a finding. */
const SIGNIFICANCE = 0.05;
/** With fewer pairs no conclusion is drawn, whatever the p value. */
const MINIMUM_PAIRS = 3;

/** What a comparison answers: does forgetting help, and did the network really forget? */
export interface Verdict {
  readonly kind: VerdictKind;
  /** How well a probe reads the orthogonal label after training with `method`, against the reference. */
  readonly forgetting: Forgetting;
  /** The id of the method that the verdict speaks of: the penalty with the largest gain. */
  readonly method: string | undefined;
  /** The answer. */
  readonly sentence: string;
  /** What it rests on and what weakens it, at most three, the weightiest first. */
  readonly reasons: readonly string[];
}

/**
 * Judges a comparison from its summaries. A penalty helps only if its gain is significant after Holm's correction;
 * forgetting is the cause only if a control, such as shuffled frozen features, does not gain as well.
 */
export function judge(results: ComparisonResults, summaries: readonly MethodSummary[]): Verdict {
  const evidence = gather(results, summaries);
  const kind = decide(evidence);
  return {
    kind,
    forgetting: evidence.forgetting,
    method: evidence.best?.method.id,
    sentence: verdictSentence(kind, evidence),
    reasons: verdictReasons(kind, evidence).slice(0, 3),
  };
}

function gather(results: ComparisonResults, summaries: readonly MethodSummary[]): VerdictEvidence {
  const compared = summaries.filter((summary) => summary.gain !== undefined);
  const penalties = compared.filter((summary) => summary.penalised && !summary.method.control);
  // A penalty with few pairs or a wide spread may have the luckiest mean; it speaks only if there is no other.
  const trusted = penalties.filter((summary) => summary.gain!.n >= MINIMUM_PAIRS);
  const changing = trusted.filter((summary) => isSignificant(summary.gain, summary.pHolm));
  const gaining = changing.filter((summary) => summary.gain!.mean > 0);
  const best = largestGain(gaining) ?? largestGain(trusted) ?? largestGain(penalties);
  const control = largestGain(compared.filter((summary) => summary.method.control));
  const similarity = spread(results.removable.cka).mean;
  return {
    results,
    best,
    control,
    overControl: best && control && accuracyDifference(results, best.method.id, control.method.id),
    losing: changing.filter((summary) => summary.gain!.mean < 0),
    forgetting: forgettingOf(best),
    nothingToRemove: similarity !== undefined && similarity < results.removable.threshold,
  };
}

function decide({ best, control, overControl, nothingToRemove }: VerdictEvidence): VerdictKind {
  if (!best) return 'nothing-compared';
  if (best.gain!.n < MINIMUM_PAIRS) return 'too-few-seeds';
  if (!isSignificant(best.gain, best.pHolm)) return nothingToRemove ? 'nothing-to-remove' : 'no-gain';
  if (best.gain!.mean < 0) return 'loss';
  if (!control) return 'gain-without-control';

  // The control is tested uncorrected: here a missed gain, not a false one, would lead to claiming too much.
  const controlGains = isSignificant(control.gain, control.gain?.test?.p) && control.gain!.mean > 0;
  const beatsControl = isSignificant(overControl, overControl?.test?.p) && overControl!.mean > 0;
  if (beatsControl) return controlGains ? 'partial-gain' : 'gain';
  return controlGains ? 'regulariser' : 'control-unsettled';
}

function isSignificant(difference: PairedDifference | undefined, p: number | undefined): boolean {
  return difference !== undefined && difference.n >= MINIMUM_PAIRS && p !== undefined && p < SIGNIFICANCE;
}

function forgettingOf(summary: MethodSummary | undefined): Forgetting {
  const change = summary?.probeChange;
  if (!change || change.n < MINIMUM_PAIRS) return 'unknown';
  if (!isSignificant(change, change.test?.p)) return 'unchanged';
  return change.mean < 0 ? 'less-readable' : 'more-readable';
}

function largestGain(summaries: readonly MethodSummary[]): MethodSummary | undefined {
  return summaries.toSorted((first, second) => second.gain!.mean - first.gain!.mean)[0];
}
