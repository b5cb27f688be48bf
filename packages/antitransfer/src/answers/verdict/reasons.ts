import { learnsLittle } from '../../analysis/chance.js';
import { type PairedDifference, spread } from '../../analysis/statistics.js';
import { taskWord, theTask } from '../../task-words.js';
import { BeyondSeeds } from '../beyond-seeds.js';
import { formatBounds, formatPoints, formatShare, formatUnit } from '../format.js';
import type { ComparisonResults } from '../results.js';
import { resamplingRatio, type TaskSummary } from '../summary.js';
import { conjunction, several } from '../tasks.js';
import { methodsAtChance, notLearnedReasons } from './chance-level.js';
import type { ComparedMethod, TaskEvidence, VerdictEvidence, VerdictKind } from './evidence.js';
import { describe, pairs, referenceLabel } from './wording.js';

/** Below this number of pairs a finding is called preliminary. */
const FEW_PAIRS = 5;

/** Test clips per training clip from which on the correction for shared clips was found to be wide (bench/interval-coverage.mjs). */
const WIDE = 0.5;

/** What the sentence rests on and what weakens it, the weightiest first. */
export function verdictReasons(kind: VerdictKind, evidence: VerdictEvidence): string[] {
  const { best, results, tasks } = evidence;
  if (kind === 'not-learned') return [...tasks.flatMap(doubtfulCka), ...notLearnedReasons(evidence)];
  if (!best) return methodsAtChance(evidence);
  if (kind === 'too-few-seeds') {
    return [
      ...methodsAtChance(evidence),
      `So far its mean difference is ${formatPoints(best.gain.mean)} points.`,
      ...caveats(kind, best, evidence),
    ];
  }
  return [
    ...(kind === 'no-gain' || kind === 'nothing-to-remove' ? shownBeyondSeeds(best, results) : []),
    ...methodsAtChance(evidence),
    ...learnsFromValidation(best),
    ...tasks.map((task) => readability(results, task)),
    ...controlComparison(kind, best, evidence),
    ...(kind === 'no-gain' || kind === 'nothing-to-remove' ? excluded(best.gain, results) : []),
    ...caveats(kind, best, evidence),
  ];
}

/** That a method is told more than the others are. */
function learnsFromValidation({ method: { label, correction } }: ComparedMethod): string[] {
  if (correction?.learnsFrom !== 'validation') return [];
  return [
    `“${label}” learns from the target labels of validation clips, by which the others only choose an epoch.`,
  ];
}

/** Did it really forget? What the probe and CKA say. */
function readability(results: ComparisonResults, { task, summary, forgetting }: TaskEvidence): string {
  const reference = referenceLabel(results);
  const now = summary?.probe.accuracy.mean;
  const before =
    now === undefined || !summary?.probeChange ? undefined : now - summary.probeChange.mean / 100;
  const ckaNow = summary?.cka.mean;
  const ckaBefore = ckaNow === undefined || !summary?.ckaChange ? undefined : ckaNow - summary.ckaChange.mean;
  const likeness = `CKA to the ${taskWord(task)} network is ${formatUnit(ckaNow)} (${formatUnit(ckaBefore)} in ${reference})`;
  const right = `a linear probe is right in ${formatShare(now)}% (${formatShare(before)}% in ${reference}, ${formatShare(summary?.probe.chance)}% by chance)`;
  const probe = `${right}; ${likeness}`;
  switch (forgetting) {
    case 'less-readable':
      return `${theTask(task, 'The')} is less readable${summary && mostRemains(summary) ? ', though most of it still is' : ''}: ${probe}.`;
    case 'more-readable':
      return `${theTask(task, 'The')} is more readable than before, not less: ${probe}.`;
    case 'not-shown':
      return `It is not shown that ${theTask(task)} became less or more readable: ${right}${changeOfProbe(summary)}; ${likeness}.`;
    case 'unknown':
      return `Too few probes to say whether ${theTask(task)} became less readable; ${likeness}.`;
  }
}

/** What change of the probe the data allow. */
function changeOfProbe(summary: TaskSummary | undefined): string {
  return summary?.probeChange?.test === undefined ? '' : `, a change of ${describe(summary.probeChange)}`;
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

/** What the data still allow. */
function excluded(gain: PairedDifference, results: ComparisonResults): string[] {
  const interval = gain.test?.interval;
  if (interval === undefined) return [];
  const [low, high] = interval;
  if (high <= 0) return ['A true gain is unlikely: the whole interval lies below zero.'];
  return [
    low < 0
      ? `With ${pairs(gain.n, results)}, neither a true gain of up to ${formatPoints(high)} points nor a loss of up to ${formatPoints(low)} is excluded.`
      : `With ${pairs(gain.n, results)}, a true gain of up to ${formatPoints(high)} points is not excluded.`,
  ];
}

/**
 * That a gain is shown over other clips and groups where it is not over seeds: with many test clips beside the training clips, the correction
 * for clips that seeds share takes them to share more than they do (docs/method.md).
 */
function shownBeyondSeeds({ method, gain }: ComparedMethod, results: ComparisonResults): string[] {
  const ratio = resamplingRatio(results);
  if (ratio === undefined || ratio < WIDE || gain.mean <= 0) return [];
  const beyond = new BeyondSeeds(results);
  const found = beyond.populations.map(({ name }) => ({ name, interval: beyond.interval(method.id, name) }));
  if (found.length === 0 || found.some(({ interval }) => interval === undefined || interval[0] <= 0))
    return [];
  const over = found.map(
    ({ name, interval }) => `over other ${several(name)} it is ${formatBounds(interval)}`,
  );
  return [
    `The interval over seeds is made wide by ${ratio.toFixed(1)} test clips for each training clip; ${conjunction(over)}.`,
  ];
}

/** Kinds that say that a difference is shown for other seeds. */
const SHOWN: ReadonlySet<VerdictKind> = new Set([
  'gain',
  'partial-gain',
  'regulariser',
  'control-unsettled',
  'gain-without-control',
  'loss',
]);

/** That a difference which other seeds would have might not be there for other speakers, where the method or the split is about them. */
function notForOtherGroups({ method, gain }: ComparedMethod, { results, tasks }: VerdictEvidence): string[] {
  const beyond = new BeyondSeeds(results);
  const groups = [...tasks.map(({ task }) => task.name), results.split.groups];
  return beyond.populations.flatMap(({ name, units }) => {
    const interval = groups.includes(name) ? beyond.interval(method.id, name) : undefined;
    if (interval === undefined || Math.sign(interval[0]) === Math.sign(interval[1])) return [];
    return [
      `Shown for other seeds, not for other ${several(name)}: over the ${units} of the test the ${gain.mean < 0 ? 'loss' : 'gain'} has the interval ${formatBounds(interval)}.`,
    ];
  });
}

/** What makes any finding weaker. */
function caveats(kind: VerdictKind, best: ComparedMethod, evidence: VerdictEvidence): string[] {
  const { results, losing, tasks } = evidence;
  const found = [
    ...(SHOWN.has(kind) ? notForOtherGroups(best, evidence) : []),
    ...tasks.flatMap(doubtfulCka),
    ...tasks.flatMap(ignorantNetwork),
  ];
  if (kind !== 'too-few-seeds' && best.gain.n < FEW_PAIRS)
    found.push(`Preliminary: ${pairs(best.gain.n, results)} only.`);
  const losers = losing.filter((summary) => summary !== best);
  if (losers.length > 0) {
    const list = losers
      .map(({ method, gain }) => `“${method.label}” (${formatPoints(gain.mean)})`)
      .join(', ');
    found.push(`Significantly worse than ${referenceLabel(results)}: ${list}.`);
  }
  return found;
}

/** What CKA says of the network without transfer, where that is not simply that there may be something to remove. */
function doubtfulCka({ removable }: TaskEvidence): string[] {
  return removable === undefined || removable.kind === 'something' ? [] : [removable.sentence];
}

/** That a task's network knows little, where what is said of CKA does not say so, or where a file may be to blame. */
function ignorantNetwork({ task, removable }: TaskEvidence): string[] {
  const { accuracies, chance, given } = task.network;
  const knows = spread(accuracies).mean;
  if (knows === undefined || !learnsLittle(knows, chance)) return [];
  if (given) {
    return [
      `The ${taskWord(task)} network that was given is right in ${formatShare(knows)}%, ${formatShare(chance)}% by chance: it knows little, or its outputs are other classes than ${task.classes.join(', ')}, or in another order.`,
    ];
  }
  if (removable !== undefined) return [];
  return [
    `The ${taskWord(task)} network itself knows little: ${formatShare(knows)}% accuracy, ${formatShare(chance)}% by chance.`,
  ];
}
