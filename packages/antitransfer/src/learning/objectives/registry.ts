import { z } from 'zod';
import { balancedSampling } from './balanced-sampling.js';
import { conditionalAdversary } from './conditional-adversary.js';
import { coral } from './coral.js';
import type { ObjectiveDefinition, ObjectiveParts } from './definition.js';
import { focal } from './focal.js';
import { gradientReversal } from './gradient-reversal.js';
import type { Objective } from './objective.js';
import { similarity } from './similarity.js';

/** The objectives by kind. */
export const objectives = {
  similarity,
  'gradient-reversal': gradientReversal,
  'conditional-adversary': conditionalAdversary,
  coral,
  'balanced-sampling': balancedSampling,
  focal,
} as const;

export type ObjectiveKind = keyof typeof objectives;

/** The settings of any objective, told apart by `kind`; without one it is a similarity. */
export const objectiveSettings = z.discriminatedUnion('kind', [
  similarity.settings,
  gradientReversal.settings,
  conditionalAdversary.settings,
  coral.settings,
  balancedSampling.settings,
  focal.settings,
]);

export type ObjectiveSettings = z.infer<typeof objectiveSettings>;

/** What an objective's definition says of some settings. */
export interface ObjectiveFacts {
  readonly kind: ObjectiveKind;
  /** What it is called in metrics, where a method has one of its kind. */
  readonly label: string;
  /** Whether it looks at the orthogonal labels of the target's training clips. */
  readonly seesLabels: boolean;
  /** Whether it is one of the anti-transfer paper. */
  readonly isPublished: boolean;
}

/** What is known of an objective before it is made. */
export function describeObjective(settings: ObjectiveSettings): ObjectiveFacts {
  const definition = definitionOf(settings);
  return {
    kind: settings.kind ?? 'similarity',
    label: definition.label(settings),
    seesLabels: definition.seesLabels(settings),
    isPublished: definition.isPublished(settings),
  };
}

/**
 * Makes an objective from its settings.
 *
 * @throws UserError when it does not fit the frozen network.
 */
export function createObjective(settings: ObjectiveSettings, parts: ObjectiveParts): Objective {
  return definitionOf(settings).create(settings, parts);
}

/** The type system does not see that a kind's settings go to the same kind's functions. */
function definitionOf({ kind = 'similarity' }: ObjectiveSettings): ObjectiveDefinition<z.ZodObject> {
  return objectives[kind] as unknown as ObjectiveDefinition<z.ZodObject>;
}
