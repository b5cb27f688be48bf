import { objectives as kinds } from '../../learning/objectives/registry.js';
import type { MethodDescription, ObjectiveDescription } from '../results.js';

/** Clips whose orthogonal labels a method knows: the target's, or those of the orthogonal task, also through its network. */
export type LabelledClips = 'training' | 'validation' | 'orthogonal';

/** What a method may look at, beside the target labels of the training clips. */
export interface MethodLooks {
  /** In this order; empty where it knows no orthogonal label of any clip. */
  readonly labels: readonly LabelledClips[];
  /** Whether it learns from target labels of validation clips, only chooses an epoch and the like by them, or does neither. */
  readonly validation: 'learns' | 'chooses' | 'ignores';
}

/** By what a comparison chooses epochs: one of `training.choose`. */
interface ChosenBy {
  readonly choose?: string | undefined;
}

/** What a method looks at, as its description says, and the choice of its epoch. */
export function looksOfMethod(
  { objectives, correction, start = 'random' }: MethodDescription,
  { choose }: ChosenBy = {},
): MethodLooks {
  const found = new Set<LabelledClips>(objectives.flatMap((objective) => labelsOf(objective)));
  if (/^orthogonal(:|$)/.test(start)) found.add('orthogonal');
  if (correction && correction.labels !== 'none')
    found.add(correction.labels === 'auxiliary' ? 'orthogonal' : correction.labels);
  if (choose === 'validation-worst-group-accuracy') found.add('validation');
  const order = ['training', 'validation', 'orthogonal'] as const;
  return {
    labels: order.filter((clips) => found.has(clips)),
    validation: useOfValidation(correction, choose),
  };
}

/** Corrections choose how strong a penalty of their own is, also where the last epoch is taken. */
function useOfValidation(
  correction: MethodDescription['correction'],
  choose: string | undefined,
): MethodLooks['validation'] {
  if (correction) return correction.learnsFrom === 'validation' ? 'learns' : 'chooses';
  return choose === 'last' ? 'ignores' : 'chooses';
}

/** A frozen network knows the labels of the orthogonal clips, from which it learned. */
function labelsOf({ kind, seesLabels, clips }: ObjectiveDescription): LabelledClips[] {
  if (seesLabels) return ['training'];
  const asksFrozen = kinds.members.find(({ name }) => name === kind)?.asksFrozen ?? false;
  return clips === 'auxiliary' || asksFrozen ? ['orthogonal'] : [];
}
