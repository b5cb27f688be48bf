import type { Random, Value } from 'onnx-autograd';
import { z } from 'zod';
import type { Vectors } from '../../analysis/vectors.js';
import type { Definition } from '../../registry.js';
import type { Network } from '../networks/network.js';
import type { Dataset } from '../training/dataset.js';

/** Which clips a correction looks at, beside what the training looked at. */
export interface CorrectionLooks {
  /** Clips whose target labels it learns from. */
  readonly target: 'training' | 'validation';
  /** Clips whose orthogonal labels it looks at: of the target's sides, or those of the orthogonal task. */
  readonly orthogonal: 'training' | 'validation' | 'auxiliary' | 'none';
}

/** Clips with a class each, and which of them are of one recording. */
export interface GroupedDataset extends Dataset {
  /** Of each clip; clips of one are never on two sides. */
  readonly recordings: readonly string[];
}

/** What a correction is given. */
export interface CorrectionParts {
  /** Trained: standardised features in, logits out. It is not changed. */
  readonly network: Network;
  readonly classes: number;
  /** Where corrections look that name no tap. */
  readonly tap: { readonly name: string; readonly position: 'before' | 'after' };
  /** With the target's labels. */
  readonly train: Dataset;
  /** With the target's labels. */
  readonly validation: GroupedDataset;
  /** Classes of the orthogonal task. */
  readonly orthogonalClasses: number;
  /** The clips that {@link CorrectionLooks.orthogonal} names, with their orthogonal labels; none where it names none. */
  readonly orthogonal: Dataset | undefined;
  readonly random: Random;
  /**
   * A value of a network on clips: maps averaged over time and frequency, vectors as they are; a row a clip.
   *
   * @param network one with the input of {@link network}
   * @param value finds it in that network behind its standardisation
   */
  observe(network: Network, value: (network: Network) => Value, data: Dataset): Promise<Vectors>;
  /** Called between fits. @throws the signal's reason when it aborts */
  pause(): Promise<void>;
}

/** A network after its correction. */
export interface Corrected {
  readonly network: Network;
  /** Plain numbers that tell what was done: the strength of the penalty, dimensions taken out. */
  readonly facts: Readonly<Record<string, number>>;
}

/** A way to correct a network after its training, as the registry knows it; its settings hold its name as their `kind`. */
export interface CorrectionDefinition<
  Name extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
> extends Definition {
  readonly name: Name;
  /** Where it was published. */
  readonly paper: string;
  readonly settings: Settings;
  /** Whether the network says something else at a tap afterwards; false where only its last layer is another. */
  readonly changesMaps: boolean;
  looks(settings: z.infer<Settings>): CorrectionLooks;
  /** @throws UserError when it does not fit the network or the clips. */
  correct(settings: z.infer<Settings>, parts: CorrectionParts): Promise<Corrected>;
}

/** Types a definition by its settings. */
export function defineCorrection<const Name extends string, Settings extends z.ZodObject>(
  definition: CorrectionDefinition<Name, Settings>,
): CorrectionDefinition<Name, Settings> {
  return definition;
}

/** Whose network is corrected, and which orthogonal task it is about. */
export const correctionSettingsOfAll = {
  method: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'The method above whose trained network is corrected; null for that of this method’s own start and objectives',
    ),
  orthogonal: z.string().nullable().default(null).describe('The orthogonal task by name; null for the first'),
};
