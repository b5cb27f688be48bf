import type { PairedDifference, PairedTest } from '../../analysis/statistics.js';
import { equationOfP, formatPoints } from '../format.js';
import { sharesSplits } from '../over-splits.js';
import type { ComparisonResults } from '../results.js';
import { theTasks } from '../tasks.js';
import { notLearnedSentence, referenceAtChance } from './chance-level.js';
import type { ComparedMethod, TaskEvidence, VerdictEvidence, VerdictKind } from './evidence.js';

/** The answer in one sentence; that the reference has learned nothing stands before it. */
export function verdictSentence(kind: VerdictKind, evidence: VerdictEvidence): string {
  if (kind === 'not-learned') return notLearnedSentence(evidence);
  return `${referenceAtChance(evidence)}${answer(kind, evidence)}`;
}

function answer(kind: Exclude<VerdictKind, 'not-learned'>, evidence: VerdictEvidence): string {
  const { results, best, control, tasks } = evidence;
  const forgotten = the(tasks);
  if (!best) {
    return `Nothing can be said of forgetting ${forgotten}: no method that is to forget was compared with ${referenceLabel(results)}.`;
  }
  const name = `“${best.method.label}”`;
  const change = describeGain(best);
  const controlGain = formatPoints(control?.gain.mean);
  switch (kind) {
    case 'gain':
      return gainSentence(name, change, evidence);
    case 'partial-gain':
      return `${name} ${change}, but not all of it by forgetting ${forgotten}: the control moved by ${controlGain} too.`;
    case 'regulariser':
      return `${name} ${change}, but not by forgetting ${forgotten}: the control moved by ${controlGain} as well, as with any regulariser.`;
    case 'control-unsettled':
      return `${name} ${change}, but it is not settled that forgetting ${forgotten} is why: it is not shown to be better than its control.`;
    case 'gain-without-control':
      return `${name} ${change}, but without a control it cannot be said that forgetting ${forgotten} is why.`;
    case 'no-gain':
      return `It is not shown that forgetting ${forgotten} helps: the best method, ${name}, ${change}.`;
    case 'nothing-to-remove':
      return `It is not shown that forgetting ${forgotten} helps, and a penalty on CKA had little to remove: the best method, ${name}, ${change}.`;
    case 'loss':
      return `Forgetting ${forgotten} did harm: even the best method, ${name}, ${change}.`;
    case 'too-few-seeds':
      return `Too few runs to say whether forgetting ${forgotten} helps: ${name} has ${pairs(best.gain.n, results)} to compare, and 3 are the least.`;
    case 'nothing-compared':
      return `Nothing can be said of forgetting ${forgotten} yet.`;
  }
}

/** Forgetting is claimed only of the tasks whose probe reads less. */
function gainSentence(name: string, change: string, { tasks }: VerdictEvidence): string {
  const forgotten = tasks.filter(({ forgetting }) => forgetting === 'less-readable');
  const others = tasks.filter(({ forgetting }) => forgetting !== 'less-readable');
  const harder = `${the(forgotten)} became harder to read from the network`;
  if (others.length === 0) return `${name} helped: it ${change}, more than its control, and ${harder}.`;
  const doubt = `it is not shown that the network forgot ${the(others)}.`;
  return forgotten.length === 0
    ? `${name} ${change}, more than its control, but ${doubt}`
    : `${name} ${change}, more than its control; ${harder}, but ${doubt}`;
}

/** `the speaker`, `the speaker and the take`. */
function the(tasks: readonly TaskEvidence[]): string {
  return theTasks(tasks.map(({ task }) => task));
}

/** `+1.7 points (95% CI −0.8 to +4.2, p = 0.141)`. */
export function describe({ mean, test }: PairedDifference): string {
  return `${formatPoints(mean)} points${test ? ` (${describeTest(test, test.p)})` : ''}`;
}

/** `gained 16.0 points (95% CI +12.1 to +19.9, p < 0.001 after Holm)`. */
function describeGain({ gain: { mean, deviation, test }, pHolm }: ComparedMethod): string {
  if (mean === 0 && deviation === 0) return 'changed the accuracy of no run';
  const verb = mean < 0 ? 'lost' : 'gained';
  const points = formatPoints(Math.abs(mean)).replace('+', '');
  return `${verb} ${points} points${test && pHolm !== undefined ? ` (${describeTest(test, pHolm)} after Holm)` : ''}`;
}

function describeTest({ interval: [low, high] }: PairedTest, p: number): string {
  return `95% CI ${formatPoints(low)} to ${formatPoints(high)}, ${equationOfP(p)}`;
}

/** `“no transfer”`. */
export function referenceLabel(results: ComparisonResults): string {
  const label = results.methods[0]?.label;
  return label ? `“${label}”` : 'a reference';
}

/** `3 pairs of runs`; `3 splits` where seeds share them. */
export function pairs(n: number, { runs }: Pick<ComparisonResults, 'runs'>): string {
  const [one, many] = sharesSplits(runs) ? ['split', 'splits'] : ['pair of runs', 'pairs of runs'];
  return `${n} ${n === 1 ? one : many}`;
}
