import { z } from 'zod';
import {
  type AugmentationSettings,
  augmentationSettings,
  augmentations,
  augmentsSamples,
} from '../../learning/augmentations/registry.js';

/** What may have a list of augmentations: all of training, and each method. */
interface Augmented {
  readonly augmentation?: readonly AugmentationSettings[] | undefined;
}

/** What is done to training clips, one after another: at most one mixes labels. */
export const augmentationList = z.array(augmentationSettings).superRefine((list, context) => {
  const mixing = list.flatMap(({ kind }, index) =>
    augmentations.find(kind).mixesLabels ? [{ kind, index }] : [],
  );
  for (const { kind, index } of mixing.slice(1)) {
    const message = `"${kind}" mixes labels, and so does "${mixing[0]?.kind}" before it; leave one`;
    context.addIssue({ code: 'custom', path: [index], message, input: list[index] });
  }
});

/**
 * What a method does to its training clips: its own list, though it may be empty, or that of all. What changes samples comes
 * first, since features are computed from them.
 */
export function augmentationOf(
  { augmentation }: Augmented,
  training: Augmented,
): readonly AugmentationSettings[] {
  const list = augmentation ?? training.augmentation ?? [];
  const isOfSamples = (settings: AugmentationSettings) => augmentsSamples([settings]);
  return [...list.filter(isOfSamples), ...list.filter((settings) => !isOfSamples(settings))];
}
