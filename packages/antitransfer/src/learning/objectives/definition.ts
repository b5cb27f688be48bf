import { z } from 'zod';
import type { Definition } from '../../registry.js';
import type { Network } from '../networks/network.js';
import type { Objective } from './objective.js';

/** What an objective is made for. */
export interface ObjectiveParts {
  /** Told apart by it in metrics, unique in a training. */
  readonly name: string;
  /** The orthogonal task that it names. */
  readonly task: { readonly name: string; readonly classes: number };
  /** The task's network, trained; it is not changed. */
  readonly frozen: Network;
  /** Where objectives look that name no tap. */
  readonly tap: { readonly name: string; readonly position: 'before' | 'after' };
}

/** A kind of objective, as the registry knows it; its settings hold its name as their `kind`. */
export interface ObjectiveDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  /** Where it was published. */
  readonly paper: string;
  /** Where what some settings make of it was published, when that is not `paper`. */
  paperOf?(settings: z.infer<Settings>): string;
  readonly settings: Settings;
  /** What it measures of a batch, as an axis names it; none when it measures nothing. */
  readonly measures?: string;
  /** Asks the orthogonal task's network, frozen, about clips. */
  readonly asksFrozen?: true;
  /** Says how the clips of an epoch are drawn: a method may have one such. */
  readonly drawsEpochs?: true;
  /** Takes the place of the plain cross-entropy: nothing else may, nor weigh its clips, nor mix their labels. */
  readonly replacesCrossEntropy?: true;
  /** Weighs the clips of the cross-entropy. */
  readonly weighsClips?: true;
  /** A penalty can be measured on validation clips, and have a say in which epoch is chosen. */
  readonly isPenalty?: true;
  /** What it is called in metrics, where a method has one of its kind. */
  label(settings: z.infer<Settings>): string;
  /** Whether it looks at the orthogonal labels of the target's training clips. */
  seesLabels(settings: z.infer<Settings>): boolean;
  /** Whether it is one of the anti-transfer paper. */
  isPublished(settings: z.infer<Settings>): boolean;
  /** Keys that are not looked at beside the others; none when absent. */
  ignores?(settings: z.infer<Settings>): readonly (keyof z.infer<Settings> & string)[];
  /** @throws UserError when it does not fit the frozen network. */
  create(settings: z.infer<Settings>, parts: ObjectiveParts): Objective;
}

/** Types a definition by its settings. */
export function defineObjective<const Name extends string, Settings extends z.ZodObject>(
  definition: ObjectiveDefinition<Name, Settings>,
): ObjectiveDefinition<Name, Settings> {
  return definition;
}

/** Which orthogonal task an objective is about. */
export const orthogonalSetting = {
  orthogonal: z
    .string()
    .nullable()
    .default(null)
    .describe('The orthogonal network by name; null for the first'),
};
