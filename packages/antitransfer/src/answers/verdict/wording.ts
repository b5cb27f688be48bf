import { type PairedDifference, type PairedTest, spread } from '../../analysis/statistics.js';
import { formatP, formatPoints, formatShare, formatUnit } from '../format.js';
import type { ComparisonResults } from '../results.js';
import { resamplingRatio, type TaskSummary } from '../summary.js';
import { taskLabel, theTasks } from '../tasks.js';
import type { ComparedMethod, TaskEvidence, VerdictEvidence, VerdictKind } from './evidence.js';

/** Below this number of pairs a finding is called preliminary. */
const FEW_PAIRS = 5;

/** The answer in one sentence. */
export function verdictSentence(kind: VerdictKind, evidence: VerdictEvidence): string {
  const { results, best, control, tasks } = evidence;
  const forgotten = the(results, tasks);
  if (!best) {
    return `Nothing can be said of forgetting ${forgotten}: no penalty was compared with ${referenceLabel(results)}.`;
  }
  const name = `“${best.method.label}”`;
  const change = describeGain(best);
  const controlGain = formatPoints(control?.gain.mean);
  switch (kind) {
    case 'gain':
      return gainSentence(`${name} ${change}`, evidence);
    case 'partial-gain':
      return `${name} ${change}, but not all of it by forgetting ${forgotten}: the control moved by ${controlGain} too.`;
    case 'regulariser':
      return `${name} ${change}, but not by forgetting ${forgotten}: the control moved by ${controlGain} as well, as with any regulariser.`;
    case 'control-unsettled':
      return `${name} ${change}, but it is not settled that forgetting ${forgotten} is why: it is not clearly better than its control.`;
    case 'gain-without-control':
      return `${name} ${change}, but without a control it cannot be said that forgetting ${forgotten} is why.`;
    case 'no-gain':
      return `Forgetting ${forgotten} brought no significant gain: the best penalty, ${name}, ${change}.`;
    case 'nothing-to-remove':
      return `No gain, and none was to be expected: there is little of ${forgotten} in the network to remove.`;
    case 'loss':
      return `The penalties did harm: even the best, ${name}, ${change}.`;
    case 'too-few-seeds':
      return `Too few runs to say whether forgetting ${forgotten} helps: ${name} has ${runs(best.gain.n)} to compare, and 3 are the least.`;
    case 'nothing-compared':
      return `Nothing can be said of forgetting ${forgotten} yet.`;
  }
}

/** Forgetting is claimed only of the tasks whose probe reads less. */
function gainSentence(gained: string, { results, tasks }: VerdictEvidence): string {
  const forgotten = tasks.filter(({ forgetting }) => forgetting === 'less-readable');
  const others = tasks.filter(({ forgetting }) => forgetting !== 'less-readable');
  if (others.length === 0) {
    const networks = `${the(results, tasks)} network${tasks.length > 1 ? 's' : ''}`;
    return `Unlikeness to ${networks} helped: ${gained}, its control did not, and ${the(results, tasks)} became harder to read from the network.`;
  }
  const doubt = `it is not shown that the network forgot ${the(results, others)}.`;
  return forgotten.length === 0
    ? `${gained} and its control did not, but ${doubt}`
    : `${gained} and its control did not; ${the(results, forgotten)} became harder to read from the network, but ${doubt}`;
}

/** What the sentence rests on and what weakens it, the weightiest first. */
export function verdictReasons(kind: VerdictKind, evidence: VerdictEvidence): string[] {
  const { best, results, tasks } = evidence;
  if (!best) return [];
  if (kind === 'too-few-seeds') {
    return [
      `So far its mean difference is ${formatPoints(best.gain.mean)} points.`,
      ...caveats(kind, best, evidence),
    ];
  }
  return [
    ...tasks.map((task) => readability(results, task)),
    ...controlComparison(kind, best, evidence),
    ...(kind === 'no-gain' ? excluded(best.gain) : []),
    ...caveats(kind, best, evidence),
  ];
}

/** Did it really forget? What the probe and CKA say. */
function readability(results: ComparisonResults, { task, summary, forgetting }: TaskEvidence): string {
  const label = taskLabel(results, task);
  const reference = referenceLabel(results);
  const now = summary?.probe.accuracy.mean;
  const before =
    now === undefined || !summary?.probeChange ? undefined : now - summary.probeChange.mean / 100;
  const ckaNow = summary?.cka.mean;
  const ckaBefore = ckaNow === undefined || !summary?.ckaChange ? undefined : ckaNow - summary.ckaChange.mean;
  const likeness = `CKA to the ${label} network is ${formatUnit(ckaNow)} (${formatUnit(ckaBefore)} in ${reference})`;
  const probe = `a linear probe is right in ${formatShare(now)}% (${formatShare(before)}% in ${reference}, ${formatShare(summary?.probe.chance)}% by chance); ${likeness}`;
  switch (forgetting) {
    case 'less-readable':
      return `The ${label} is less readable${summary && mostRemains(summary) ? ', though most of it still is' : ''}: ${probe}.`;
    case 'more-readable':
      return `The ${label} is more readable than before, not less: ${probe}.`;
    case 'unchanged':
      return `The ${label} is about as readable as before: ${probe}.`;
    case 'unknown':
      return `Too few probes to say whether the ${label} became less readable; ${likeness}.`;
  }
}

/** Whether the probe is nearer to what it read without transfer than to chance. */
function mostRemains({ probe: { accuracy, chance }, probeChange }: TaskSummary): boolean {
  if (accuracy.mean === undefined || chance === undefined || !probeChange) return false;
  return accuracy.mean - chance > -probeChange.mean / 100;
}

function controlComparison(
  kind: VerdictKind,
  best: ComparedMethod,
  { control, overControl }: VerdictEvidence,
): string[] {
  if (kind === 'no-gain' || kind === 'nothing-to-remove' || kind === 'loss') return [];
  if (!control)
    return ['No control, such as shuffled frozen features, was run: any regulariser might do the same.'];
  const own = `The control, “${control.method.label}”, changed by ${describe(control.gain)}`;
  if (!overControl) return [`${own}; it shares no seed with “${best.method.label}”.`];
  return [`${own}; the difference of “${best.method.label}” to it is ${describe(overControl)}.`];
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
function caveats(kind: VerdictKind, best: ComparedMethod, evidence: VerdictEvidence): string[] {
  const { results, losing, tasks } = evidence;
  const found = [
    ...tasks.flatMap((task) => littleToRemove(results, task)),
    ...tasks.flatMap((task) => ignorantNetwork(results, task)),
  ];
  if (kind !== 'too-few-seeds' && best.gain.n < FEW_PAIRS)
    found.push(`Preliminary: ${runs(best.gain.n)} only.`);
  if (resamplingRatio(results) !== undefined) {
    found.push('Folds share training clips; intervals and p values are corrected for that.');
  }
  const losers = losing.filter((summary) => summary !== best);
  if (losers.length > 0) {
    const list = losers
      .map(({ method, gain }) => `“${method.label}” (${formatPoints(gain.mean)})`)
      .join(', ');
    found.push(`Significantly worse than ${referenceLabel(results)}: ${list}.`);
  }
  return found;
}

function littleToRemove(results: ComparisonResults, { task, nothingToRemove }: TaskEvidence): string[] {
  if (!nothingToRemove) return [];
  const { cka, threshold } = task.removable;
  return [
    `Without transfer, CKA to the ${taskLabel(results, task)} network is only ${formatUnit(spread(cka).mean)}; below ${formatUnit(threshold)} little can be gained.`,
  ];
}

function ignorantNetwork(results: ComparisonResults, { task }: TaskEvidence): string[] {
  const { accuracies, chance } = task.network;
  const knows = spread(accuracies).mean;
  if (knows === undefined || knows - chance >= 0.1 * (1 - chance)) return [];
  return [
    `The ${taskLabel(results, task)} network itself knows little: ${formatShare(knows)}% accuracy, ${formatShare(chance)}% by chance.`,
  ];
}

/** `the speaker`, `the speaker and the take`. */
function the(results: ComparisonResults, tasks: readonly TaskEvidence[]): string {
  return theTasks(
    results,
    tasks.map(({ task }) => task),
  );
}

/** `+1.7 points (95% CI −0.8 to +4.2, p = 0.141)`. */
function describe({ mean, test }: PairedDifference): string {
  return `${formatPoints(mean)} points${test ? ` (${describeTest(test, test.p)})` : ''}`;
}

/** `gained 16.0 points (95% CI +12.1 to +19.9, p < 0.001 after Holm)`. */
function describeGain({ gain: { mean, test }, pHolm }: ComparedMethod): string {
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
