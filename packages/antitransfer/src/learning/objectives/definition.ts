import { z } from 'zod';
import type { Definition } from '../../registry.js';
import type { Network } from '../networks/network.js';
import type { ClipSource, Objective } from './objective.js';

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

/** Types a definition by its settings, which are described by it. */
export function defineObjective<const Name extends string, Settings extends z.ZodObject>(
  definition: ObjectiveDefinition<Name, Settings>,
): ObjectiveDefinition<Name, Settings> {
  const { settings, description } = definition;
  return { ...definition, settings: settings.describe(description) };
}

/** Which orthogonal task an objective is about. */
export const orthogonalSetting = {
  orthogonal: z
    .string()
    .nullable()
    .default(null)
    .describe('The orthogonal network by name; null for the first'),
};

/** Where in the network an objective looks, and at which clips. */
export function lookSettings(clips: 'batch' | 'auxiliary') {
  return {
    tap: z
      .string()
      .nullable()
      .default(null)
      .describe("The convolution or pooling that is looked at, or input; null for the configuration's tap"),
    position: z
      .enum(['after', 'before'])
      .nullable()
      .default(null)
      .describe("After or before the activation function; null for the configuration's position"),
    clips: z
      .enum(['batch', 'auxiliary'])
      .default(clips)
      .describe(
        'The target batch, or the clips of the orthogonal network. Their target labels are not in the loss; confounded splits use them to balance those clips',
      ),
    ...orthogonalSetting,
  };
}

/** Where in the frozen network an objective looks. */
export const frozenTapSetting = {
  frozenTap: z
    .string()
    .nullable()
    .default(null)
    .describe("The frozen network's layer that is looked at; null for the one of the same name"),
};

export function clipsOf(clips: 'batch' | 'auxiliary', task: string): ClipSource {
  return clips === 'batch' ? 'batch' : { task };
}

/** The tasks whose clips are looked at. */
export function auxiliaryTasks(clips: 'batch' | 'auxiliary', task: string): string[] {
  return clips === 'auxiliary' ? [task] : [];
}

/** The tasks whose labels of the target's clips are looked at: those of its own clips a task has anyway. */
export function labelledTasks(clips: 'batch' | 'auxiliary', task: string): string[] {
  return clips === 'batch' ? [task] : [];
}
