import type { z } from 'zod';
import { registryOf, unionOf } from '../../registry.js';
import type { Augmentation, AugmentationDefinition, AugmentationParts } from './definition.js';
import { gain } from './gain.js';
import { mixup } from './mixup.js';
import { noise } from './noise.js';
import { pitch } from './pitch.js';
import { reverberation } from './reverberation.js';
import { specAugment } from './spec-augment.js';
import { speed } from './speed.js';
import { tempo } from './tempo.js';
import { timeShift } from './time-shift.js';

/** What may be done to the target's training clips in each epoch anew. */
export const augmentations = registryOf<AugmentationDefinition>('augmentation')(
  specAugment,
  timeShift,
  gain,
  mixup,
  noise,
  reverberation,
  speed,
  tempo,
  pitch,
);

/** The kind of an augmentation: `spec-augment`, `mixup`. */
export type AugmentationKind = (typeof augmentations.names)[number];

/** The settings of any augmentation, told apart by `kind`. */
export const augmentationSettings = unionOf(augmentations);

/** An augmentation of a configuration: its kind, with the settings of that kind. */
export type AugmentationSettings = z.infer<typeof augmentationSettings>;

/** Whether any of them changes samples, which then must be stored. */
export function augmentsSamples(list: readonly AugmentationSettings[]): boolean {
  return list.some(({ kind }) => augmentations.find(kind).onSamples);
}

/**
 * Makes an augmentation from its settings.
 *
 * @throws UserError when it would change nothing of such features.
 */
export function createAugmentation(settings: AugmentationSettings, parts: AugmentationParts): Augmentation {
  return augmentations.find(settings.kind).create(settings, parts);
}
