import { z } from 'zod';
import { registryOf, unionOf } from '../../registry.js';
import { balancedSampling } from './balanced-sampling.js';
import { betaSchedule, idleScheduleKeys } from './beta.js';
import { classWeights } from './class-weights.js';
import { conditionalAdversary } from './conditional-adversary.js';
import { conditionalSimilarity } from './conditional-similarity.js';
import { coral } from './coral.js';
import type { ObjectiveDefinition, ObjectiveParts } from './definition.js';
import { focal } from './focal.js';
import { frozenLogitCorrection } from './frozen-logit-correction.js';
import { gradientReversal } from './gradient-reversal.js';
import { groupDro } from './group-dro.js';
import { hsic } from './hsic.js';
import { irm } from './irm.js';
import { labelSmoothing } from './label-smoothing.js';
import { logitCorrection } from './logit-correction.js';
import { mmd } from './mmd.js';
import { multiTask } from './multi-task.js';
import type { Objective } from './objective.js';
import { predictionIndependence } from './prediction-independence.js';
import { similarity } from './similarity.js';
import { vrex } from './vrex.js';

/** What may join the cross-entropy in a training. */
export const objectives = registryOf<ObjectiveDefinition>('objective')(
  similarity,
  gradientReversal,
  conditionalAdversary,
  conditionalSimilarity,
  predictionIndependence,
  frozenLogitCorrection,
  coral,
  mmd,
  hsic,
  balancedSampling,
  classWeights,
  groupDro,
  focal,
  labelSmoothing,
  logitCorrection,
  vrex,
  irm,
  multiTask,
);

/** The kind of an objective: `similarity`, `gradient-reversal`. */
export type ObjectiveKind = (typeof objectives.names)[number];

/** The settings of any objective, told apart by `kind`; without one it is a similarity. */
export const objectiveSettings = unionOf(objectives);

/** An objective of a configuration: its kind, with the settings of that kind. */
export type ObjectiveSettings = z.infer<typeof objectiveSettings>;

/** What an objective's definition says of some settings. */
export interface ObjectiveFacts {
  readonly kind: ObjectiveKind;
  /** Whether it says how the clips of an epoch are drawn. */
  readonly drawsEpochs: boolean;
  /** Whether it takes the place of the plain cross-entropy. */
  readonly replacesCrossEntropy: boolean;
  /** Whether it weighs the clips of the cross-entropy. */
  readonly weighsClips: boolean;
  /** Where it was published. */
  readonly paper: string;
  /** What it is called in metrics, where a method has one of its kind. */
  readonly label: string;
  /** Whether it looks at the orthogonal labels of the target's training clips. */
  readonly seesLabels: boolean;
  /** Whether it can be measured on validation clips, and have a say in which epoch is chosen. */
  readonly isPenalty: boolean;
  /** Whether it is one of the anti-transfer paper. */
  readonly isPublished: boolean;
  /** Whether it asks the orthogonal task's network, frozen, about clips. */
  readonly asksFrozen: boolean;
  /** Whether it looks at the clips that the orthogonal network learned from. */
  readonly seesAuxiliary: boolean;
}

/** What is known of an objective before it is made. */
export function describeObjective(settings: ObjectiveSettings): ObjectiveFacts {
  const { kind = similarity.name } = settings;
  const definition = objectives.find(kind);
  return {
    kind,
    drawsEpochs: definition.drawsEpochs ?? false,
    replacesCrossEntropy: definition.replacesCrossEntropy ?? false,
    weighsClips: definition.weighsClips ?? false,
    paper: definition.paperOf?.(settings) ?? definition.paper,
    label: definition.label(settings),
    seesLabels: definition.seesLabels(settings),
    isPenalty: definition.isPenalty ?? false,
    isPublished: definition.isPublished(settings),
    asksFrozen: definition.asksFrozen ?? false,
    seesAuxiliary: 'clips' in settings && settings.clips === 'auxiliary',
  };
}

/** What an objective is called in its training, by its index among all: its measure and its own weights begin with it. */
export function objectiveName(settings: ObjectiveSettings, index: number): string {
  const { label } = describeObjective(settings);
  return index === 0 ? label : `${label}-${index + 1}`;
}

/** The settings of the same objective in one form: with its kind, and what has no effect at its default. */
export function effectiveObjective(settings: ObjectiveSettings): ObjectiveSettings {
  const { kind = similarity.name } = settings;
  const { ignores, settings: schema } = objectives.find(kind);
  const ignored: readonly string[] = [
    ...(ignores?.(settings) ?? []),
    ...('beta' in settings ? idleScheduleKeys(settings, scheduleWithout(schema)) : []),
  ];
  const seen = Object.entries(settings).filter(([key]) => !ignored.includes(key));
  return objectiveSettings.parse({ ...Object.fromEntries(seen), kind });
}

/** What an absent schedule of beta means. */
function scheduleWithout({ shape }: z.ZodObject): z.infer<typeof betaSchedule.schedule> {
  return betaSchedule.schedule.parse(shape.schedule && z.safeParse(shape.schedule, undefined).data);
}

/**
 * Makes an objective from its settings.
 *
 * @throws UserError when it does not fit the frozen network.
 */
export function createObjective(settings: ObjectiveSettings, parts: ObjectiveParts): Objective {
  return objectives.find(settings.kind ?? similarity.name).create(settings, parts);
}
