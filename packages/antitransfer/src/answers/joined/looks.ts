import { UserError } from '../../errors.js';
import { objectives as kinds } from '../../learning/objectives/registry.js';
import type { ComparisonResults, MethodDescription, ObjectiveDescription } from '../results.js';
import { selectionOf } from '../selection.js';

/** In the order in which they are told of. */
const clipsOrder = ['training', 'validation', 'orthogonal'] as const;
/** What looks at more comes first. */
const usesOrder = ['learns', 'chooses', 'ignores'] as const;

/** Clips whose orthogonal labels a method knows: the target's, or those of the orthogonal task, also through its network. */
export type LabelledClips = (typeof clipsOrder)[number];

/** What a method may look at, beside the target labels of the training clips. */
export interface MethodLooks {
  /** In this order; empty where it knows no orthogonal label of any clip. */
  readonly labels: readonly LabelledClips[];
  /** Whether it learns from target labels of validation clips, only chooses an epoch and the like by them, or does neither. */
  readonly validation: (typeof usesOrder)[number];
}

/** The choice of epochs that looks at orthogonal labels of validation clips. */
export const WORST_GROUP = 'validation-worst-group-accuracy';

type Comparison = Pick<ComparisonResults, 'config' | 'methods'>;

/**
 * What a method of a comparison looks at: as its description says, what the methods have looked at whose networks it starts
 * from or corrects, and the choice of epochs.
 *
 * @throws UserError when such a method is not among those of the comparison
 */
export function looksOfMethod(method: MethodDescription, { config, methods }: Comparison): MethodLooks {
  const { choice } = selectionOf({ config, methods });
  const all = withBeginnings(method, methods);
  const found = new Set(all.flatMap((one) => ownLabels(one)));
  if (choice === WORST_GROUP) found.add('validation');
  const uses = all.map(({ correction }) => useOfValidation(correction, choice));
  return {
    labels: clipsOrder.filter((clips) => found.has(clips)),
    validation: usesOrder.find((use) => uses.includes(use)) ?? 'ignores',
  };
}

/** The method, and those whose networks are in its own, at any depth. */
function withBeginnings(
  method: MethodDescription,
  methods: readonly MethodDescription[],
): MethodDescription[] {
  const others = methods.filter(({ id }) => id !== method.id);
  const before = beginningsOf(method).flatMap((name) => {
    const found = others.find(({ id }) => id === name);
    if (found === undefined) {
      throw new UserError(
        `The method "${method.id}" begins from the network of "${name}", and the results describe no such method before it: ` +
          'what it has seen is not known. Make them anew with the same "antitransfer compare".',
      );
    }
    // Without itself: results whose methods begin from each other are refused.
    return withBeginnings(found, others);
  });
  return [method, ...before];
}

/** Names of the methods whose networks it takes over. */
function beginningsOf(method: MethodDescription): string[] {
  const { method: corrected = null } = method.correction ?? {};
  return [startOf(method) ?? [], corrected ?? []].flat();
}

/** The name of the method from whose network it starts; undefined of another start. */
export function startOf({ start = 'random' }: Pick<MethodDescription, 'start'>): string | undefined {
  return start === 'random' || isOrthogonal(start) ? undefined : start;
}

function isOrthogonal(start: string): boolean {
  return /^orthogonal(:|$)/.test(start);
}

/** Clips whose labels it knows without the methods that it begins from. */
function ownLabels({ objectives, correction, start = 'random' }: MethodDescription): LabelledClips[] {
  const seen = objectives.flatMap((objective) => labelsOf(objective));
  if (isOrthogonal(start)) seen.push('orthogonal');
  const { labels = 'none' } = correction ?? {};
  if (labels !== 'none') seen.push(labels === 'auxiliary' ? 'orthogonal' : labels);
  return seen;
}

/** Corrections choose how strong a penalty of their own is, also where the last epoch is taken. */
function useOfValidation(
  correction: MethodDescription['correction'],
  choice: string | undefined,
): MethodLooks['validation'] {
  if (correction) return correction.learnsFrom === 'validation' ? 'learns' : 'chooses';
  return choice === 'last' ? 'ignores' : 'chooses';
}

/** A frozen network knows the labels of the orthogonal clips, from which it learned. */
function labelsOf({ kind, seesLabels, clips }: ObjectiveDescription): LabelledClips[] {
  const asksFrozen = kinds.members.find(({ name }) => name === kind)?.asksFrozen ?? false;
  return [
    ...(seesLabels ? (['training'] as const) : []),
    ...(clips === 'auxiliary' || asksFrozen ? (['orthogonal'] as const) : []),
  ];
}
