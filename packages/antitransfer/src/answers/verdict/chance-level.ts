import type { ChanceTest } from '../../analysis/chance.js';
import { mean } from '../../numbers/mean.js';
import { formatShare } from '../format.js';
import type { MethodSummary } from '../summary.js';
import type { VerdictEvidence } from './evidence.js';

type Tested = MethodSummary & { readonly chance: ChanceTest };

/** Whether no method that was tested is well above chance. */
export function isNotLearned({ tested }: Pick<VerdictEvidence, 'tested'>): boolean {
  const known = tested.filter(isTested);
  return known.length > 0 && known.every(({ chance }) => chance.learned !== 'some');
}

/** `That the digit was learned is not shown, so …`. */
export function notLearnedSentence({ results, tested }: VerdictEvidence): string {
  const best = tested.filter(isTested).toSorted((a, b) => b.chance.accuracy - a.chance.accuracy)[0];
  const { column, chance } = results.target;
  if (best === undefined) return `Nothing is known of the ${column} yet.`;
  const has = `the best, “${best.method.label}”, has ${accuracyText(best.chance)}`;
  return tested.some((summary) => summary.chance?.learned === 'little')
    ? `The ${column} was hardly learned, so that nothing can be said of the methods: ${has}; chance is ${formatShare(chance)}%.`
    : `That the ${column} was learned is not shown, so that nothing can be said of the methods: none is surely better than chance (${formatShare(chance)}%); ${has}.`;
}

/** Whether it is the training or the test that fails. */
export function notLearnedReasons({ results, tested }: VerdictEvidence): string[] {
  const ids = new Set(tested.map(({ method }) => method.id));
  const shares = results.runs.flatMap(({ method, epochs, bestEpoch }) => {
    const chosen = epochs.find(({ epoch }) => epoch === bestEpoch);
    return ids.has(method) && chosen !== undefined ? [chosen.train.accuracy] : [];
  });
  if (shares.length === 0) return [];
  const { chance } = results.target;
  const share = mean(shares);
  return [
    share - chance < 0.5 * (1 - chance)
      ? `Training clips are not learned either (${formatShare(share)}% in the chosen epochs): more epochs, another training.learningRate or other features may help.`
      : `Training clips are learned (${formatShare(share)}% in the chosen epochs), others are not, or the test has too few clips to show it: more clips help, unless training says something else than the test.`,
  ];
}

/** What is to be known first where the reference of all gains has learned nothing; empty where it has. */
export function referenceAtChance({ results, tested }: VerdictEvidence): string {
  const reference = tested.find((summary) => summary.reference);
  if (reference?.chance?.learned !== 'none') return '';
  return `“${reference.method.label}”, which gains refer to, is not shown to be better than chance: ${accuracyText(reference.chance)}, ${formatShare(results.target.chance)}% by chance. `;
}

/** Methods that are not well above chance, beside others that are. */
export function methodsAtChance({ results, tested }: VerdictEvidence): string[] {
  const low = tested.filter(isTested).filter(({ chance }) => chance.learned !== 'some');
  if (low.length === 0) return [];
  const list = low.map(({ method, chance }) => `“${method.label}” ${accuracyText(chance)}`).join(', ');
  return [`Little or nothing above chance (${formatShare(results.target.chance)}%): ${list}.`];
}

/** `31.9% (95% CI 21.4 to 44.0)`. */
function accuracyText({ accuracy, interval: [low, high] }: ChanceTest): string {
  return `${formatShare(accuracy)}% (95% CI ${formatShare(low)} to ${formatShare(high)})`;
}

function isTested(summary: MethodSummary): summary is Tested {
  return summary.chance !== undefined;
}
