import type { Random } from 'onnx-autograd/random';
import type { z } from 'zod';
import type { FeatureSettings } from '../../data/features/settings.js';
import type { Standardisation } from '../../data/features/standardise.js';
import type { Definition } from '../../registry.js';

/** A clip of a training's batch, on its way to a step. */
export interface PassingClip {
  /** Frames x bins, not standardised; changed in place. */
  readonly features: Float32Array;
  /** Numbers that depend on the seed, the epoch, the clip, and how often it came before in the epoch; on nothing else. */
  readonly random: Random;
}

/** The same before the front end. */
export interface PassingSound {
  /** Of the segment, in [-1, 1] as a rule; changed in place. */
  readonly samples: Float32Array;
  readonly random: Random;
}

/** What became of the clips of a batch when they were mixed with each other. */
export interface Mixture {
  /** Of each clip: the index in the batch of the clip that was mixed into it. */
  readonly partners: readonly number[];
  /** Of each clip: its own share, from 0.5 to 1. */
  readonly shares: Float32Array;
}

/** Changes the target's training clips anew in each epoch, and nothing else. */
export interface Augmentation {
  /** Its kind. */
  readonly name: string;
  /** Plain data that all its numbers depend on, beside the clips: part of a training's fingerprint. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Changes one clip's samples, from which its features are then computed anew. */
  changeSamples?(clip: PassingSound): void | Promise<void>;
  /** Changes one clip's features. */
  change?(clip: PassingClip): void;
  /** Mixes the clips of a batch, and so their labels. */
  mix?(batch: readonly PassingClip[]): Mixture;
}

/** What an augmentation is made for. */
export interface AugmentationParts {
  /** What the features are computed by. */
  readonly features: FeatureSettings;
  /** What the network standardises them by: of the training clips, as they were. */
  readonly standardisation: Standardisation;
}

/** A kind of augmentation, as the registry knows it; its settings hold its name as their `kind`. */
export interface AugmentationDefinition<
  Name extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
> extends Definition {
  readonly name: Name;
  /** Where it was published. */
  readonly paper: string;
  readonly settings: Settings;
  /** It changes samples, which must be stored. */
  readonly onSamples?: true;
  /** A clip is then of two classes: a method may have one such. */
  readonly mixesLabels?: true;
  /** @throws UserError when it would change nothing of such features. */
  create(settings: z.infer<Settings>, parts: AugmentationParts): Augmentation;
}

/** Types a definition by its settings. */
export function defineAugmentation<const Name extends string, Settings extends z.ZodObject>(
  definition: AugmentationDefinition<Name, Settings>,
): AugmentationDefinition<Name, Settings> {
  return definition;
}

/** Refines settings of which one may not be above another. */
export function boundsRefinement<Low extends string, High extends string>(
  low: Low,
  high: High,
): [
  (settings: Readonly<Record<Low | High, number>>) => boolean,
  { readonly path: string[]; readonly message: string },
] {
  return [(settings) => settings[low] <= settings[high], { path: [high], message: `it is below \`${low}\`` }];
}
