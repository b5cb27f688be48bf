import { type PairedDifference, type PairedTest, spread } from '../../analysis/statistics.js';
import { formatP, formatPoints, formatShare, formatUnit } from '../format.js';
import type { ComparisonResults } from '../results.js';
import { type MethodSummary, resamplingRatio } from '../summary.js';

/**
 * - `gain`: a significant gain that the control does not have
 * - `partial-gain`: the control gains too, but significantly less
 * - `regulariser`: the control gains as well, so that the gain is not from forgetting
 * - `control-unsettled`: a gain; the control neither gains nor is clearly worse
 * - `gain-without-control`: a gain; no control was run
 */
export type VerdictKind =
  | 'gain'
  | 'partial-gain'
  | 'regulariser'
  | 'control-unsettled'
  | 'gain-without-control'
  | 'no-gain'
  | 'nothing-to-remove'
  | 'loss'
  | 'too-few-seeds'
  | 'nothing-compared';

/** Whether a linear probe reads the orthogonal label less or more well than without transfer. */
export type Forgetting = 'less-readable' | 'unchanged' | 'more-readable' | 'unknown';

/** What the wording of a verdict draws on. */
export interface VerdictEvidence {
  readonly results: ComparisonResults;
  /** The penalty with the largest gain, if any was compared. */
  readonly best: MethodSummary | undefined;
  /** The control with the largest gain, if any was run. */
  readonly control: MethodSummary | undefined;
  /** The best penalty's accuracy over that control's, in percentage points. */
  readonly overControl: PairedDifference | undefined;
  /** Penalties that lose significantly. */
  readonly losing: readonly MethodSummary[];
  readonly forgetting: Forgetting;
  /** True when too little of the orthogonal network is in the network without transfer. */
  readonly nothingToRemove: boolean;
}

/** Below this number of pairs a finding is called preliminary. */
const FEW_PAIRS = 5;

/** The answer in one sentence. */
export function verdictSentence(kind: VerdictKind, evidence: VerdictEvidence): string {
  const { results, best } = evidence;
  const orthogonal = results.orthogonal.column;
  if (!best) {
    return `Nothing can be said of forgetting the ${orthogonal}: no penalty was compared with ${referenceLabel(results)}.`;
  }
  const name = `“${best.method.label}”`;
  const change = describeGain(best);
  const controlGain = formatPoints(evidence.control?.gain?.mean);
  switch (kind) {
    case 'gain':
      return evidence.forgetting === 'less-readable'
        ? `Unlikeness to the ${orthogonal} network helped: ${name} ${change}, its control did not, and the ${orthogonal} became harder to read from the network.`
        : `${name} ${change} and its control did not, but it is not shown that the network forgot the ${orthogonal}.`;
    case 'partial-gain':
      return `${name} ${change}, but not all of it by forgetting the ${orthogonal}: the control moved by ${controlGain} too.`;
    case 'regulariser':
      return `${name} ${change}, but not by forgetting the ${orthogonal}: the control moved by ${controlGain} as well, as with any regulariser.`;
    case 'control-unsettled':
      return `${name} ${change}, but it is not settled that forgetting the ${orthogonal} is why: it is not clearly better than its control.`;
    case 'gain-without-control':
      return `${name} ${change}, but without a control it cannot be said that forgetting the ${orthogonal} is why.`;
    case 'no-gain':
      return `Forgetting the ${orthogonal} brought no significant gain: the best penalty, ${name}, ${change}.`;
    case 'nothing-to-remove':
      return `No gain, and none was to be expected: there is little of the ${orthogonal} in the network to remove.`;
    case 'loss':
      return `The penalties did harm: even the best, ${name}, ${change}.`;
    case 'too-few-seeds':
      return `Too few runs to say whether forgetting the ${orthogonal} helps: ${name} has ${runs(best.gain!.n)} to compare, and 3 are the least.`;
    case 'nothing-compared':
      return `Nothing can be said of forgetting the ${orthogonal} yet.`;
  }
}

/** What the sentence rests on and what weakens it, the weightiest first. */
export function verdictReasons(kind: VerdictKind, evidence: VerdictEvidence): string[] {
  const { best } = evidence;
  if (!best) return [];
  if (kind === 'too-few-seeds') {
    return [
      `So far its mean difference is ${formatPoints(best.gain!.mean)} points.`,
      ...caveats(kind, evidence),
    ];
  }
  return [
    readability(best, evidence),
    ...controlComparison(kind, evidence),
    ...(kind === 'no-gain' ? excluded(best.gain!) : []),
    ...caveats(kind, evidence),
  ];
}

/** Did it really forget? What the probe and CKA say. */
function readability(best: MethodSummary, { results, forgetting }: VerdictEvidence): string {
  const { column } = results.orthogonal;
  const now = best.probe.accuracy.mean;
  const before = now === undefined || !best.probeChange ? undefined : now - best.probeChange.mean / 100;
  const ckaNow = best.cka.mean;
  const ckaBefore = ckaNow === undefined || !best.ckaChange ? undefined : ckaNow - best.ckaChange.mean;
  const likeness = `CKA to the ${column} network is ${formatUnit(ckaNow)} (${formatUnit(ckaBefore)} in ${referenceLabel(results)})`;
  const probe = `a linear probe is right in ${formatShare(now)}% (${formatShare(before)}% in ${referenceLabel(results)}, ${formatShare(best.probe.chance)}% by chance); ${likeness}`;
  switch (forgetting) {
    case 'less-readable':
      return `The ${column} is less readable${mostRemains(best) ? ', though most of it still is' : ''}: ${probe}.`;
    case 'more-readable':
      return `The ${column} is more readable than before, not less: ${probe}.`;
    case 'unchanged':
      return `The ${column} is about as readable as before: ${probe}.`;
    case 'unknown':
      return `Too few probes to say whether the ${column} became less readable; ${likeness}.`;
  }
}

/** Whether the probe is nearer to what it read without transfer than to chance. */
function mostRemains({ probe: { accuracy, chance }, probeChange }: MethodSummary): boolean {
  if (accuracy.mean === undefined || chance === undefined || !probeChange) return false;
  return accuracy.mean - chance > -probeChange.mean / 100;
}

function controlComparison(kind: VerdictKind, { best, control, overControl }: VerdictEvidence): string[] {
  if (kind === 'no-gain' || kind === 'nothing-to-remove' || kind === 'loss') return [];
  if (!control)
    return ['No control, such as shuffled frozen features, was run: any regulariser might do the same.'];
  const own = `The control, “${control.method.label}”, changed by ${describe(control.gain!)}`;
  if (!overControl) return [`${own}; it shares no seed with “${best!.method.label}”.`];
  return [`${own}; the difference of “${best!.method.label}” to it is ${describe(overControl)}.`];
}

/** What gain the data still allow. */
function excluded(gain: PairedDifference): string[] {
  const high = gain.test?.interval[1];
  if (high === undefined) return [];
  return high > 0
    ? [`With ${runs(gain.n)}, a true gain of up to ${formatPoints(high)} points is not excluded.`]
    : ['A true gain is unlikely: the whole interval lies below zero.'];
}

/** What makes any finding weaker. */
function caveats(kind: VerdictKind, { best, losing, nothingToRemove, results }: VerdictEvidence): string[] {
  const { column } = results.orthogonal;
  const { accuracies, chance } = results.orthogonalNetwork;
  const found: string[] = [];
  if (nothingToRemove) {
    const { cka, threshold } = results.removable;
    found.push(
      `Without transfer, CKA to the ${column} network is only ${formatUnit(spread(cka).mean)}; below ${formatUnit(threshold)} little can be gained.`,
    );
  }
  const knows = spread(accuracies).mean;
  if (knows !== undefined && knows - chance < 0.1 * (1 - chance)) {
    found.push(
      `The ${column} network itself knows little: ${formatShare(knows)}% accuracy, ${formatShare(chance)}% by chance.`,
    );
  }
  if (kind !== 'too-few-seeds' && best!.gain!.n < FEW_PAIRS)
    found.push(`Preliminary: ${runs(best!.gain!.n)} only.`);
  if (resamplingRatio(results) !== undefined) {
    found.push('Folds share training clips; intervals and p values are corrected for that.');
  }
  const losers = losing.filter((summary) => summary !== best);
  if (losers.length > 0) {
    const list = losers
      .map(({ method, gain }) => `“${method.label}” (${formatPoints(gain!.mean)})`)
      .join(', ');
    found.push(`Significantly worse than ${referenceLabel(results)}: ${list}.`);
  }
  return found;
}

/** `+1.7 points (95% CI −0.8 to +4.2, p = 0.141)`. */
function describe({ mean, test }: PairedDifference): string {
  return `${formatPoints(mean)} points${test ? ` (${describeTest(test, test.p)})` : ''}`;
}

/** `gained 16.0 points (95% CI +12.1 to +19.9, p < 0.001 after Holm)`. */
function describeGain({ gain, pHolm }: MethodSummary): string {
  const { mean, test } = gain!;
  const verb = mean < 0 ? 'lost' : 'gained';
  const points = formatPoints(Math.abs(mean)).replace('+', '');
  return `${verb} ${points} points${test && pHolm !== undefined ? ` (${describeTest(test, pHolm)} after Holm)` : ''}`;
}

function describeTest({ interval: [low, high] }: PairedTest, p: number): string {
  const size = formatP(p);
  // No line may break inside the equation.
  const equation = `p ${size.startsWith('<') ? size : `= ${size}`}`.replaceAll(' ', '\u00a0');
  return `95% CI ${formatPoints(low)} to ${formatPoints(high)}, ${equation}`;
}

function referenceLabel(results: ComparisonResults): string {
  const label = results.methods[0]?.label;
  return label ? `“${label}”` : 'a reference';
}

function runs(n: number): string {
  return n === 1 ? '1 pair of runs' : `${n} pairs of runs`;
}
