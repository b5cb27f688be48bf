import { z } from 'zod';
import { type AugmentationKind, augmentations } from '../../learning/augmentations/registry.js';
import { corrections, looksOfCorrection } from '../../learning/corrections/registry.js';
import {
  describeObjective,
  type ObjectiveKind,
  objectiveSettings,
  objectives,
} from '../../learning/objectives/registry.js';
import { paper as antiTransfer } from '../../learning/objectives/similarities/definition.js';
import { isPublished, type MethodSettings } from './method.js';
import { methodPresets } from './presets/registry.js';

/** What a method or an objective looks at beside the target's clips and their labels. */
export interface LooksAt<Answer> {
  /** Orthogonal labels of the target's training clips. */
  readonly labels: Answer;
  /** The clips that the orthogonal network learned from. */
  readonly clips: Answer;
  /** The orthogonal network itself. */
  readonly network: Answer;
}

/** A method that a configuration may name by a word. */
export interface ListedMethod {
  readonly name: string;
  readonly description: string;
  readonly control: boolean;
  /** Where its objectives, its augmentations and its correction were published, or it was itself; none where nothing was. */
  readonly papers: readonly string[];
  readonly looksAt: LooksAt<boolean>;
  /** What it does with validation clips beside choosing by their target labels, as every method does. */
  readonly validation: { readonly learnsFromTargets: boolean; readonly orthogonalLabels: boolean };
  /** What the word stands for. */
  readonly settings: Pick<MethodSettings, 'start' | 'objectives' | 'augmentation' | 'correction'>;
}

/** Yes or no, or the key of the settings that decides. */
export type Depending = boolean | 'clips' | 'over';

/** A kind of objective that a method may have. */
export interface ListedObjective {
  readonly kind: ObjectiveKind;
  readonly description: string;
  readonly paper: string;
  readonly looksAt: LooksAt<Depending>;
  /** Its keys beside `kind`. */
  readonly settings: Readonly<Record<string, ListedSetting>>;
}

/** A kind of augmentation that a method, or all of them, may have. */
export interface ListedAugmentation {
  readonly kind: AugmentationKind;
  readonly description: string;
  readonly paper: string;
  /** Its keys beside `kind`. */
  readonly settings: Readonly<Record<string, ListedSetting>>;
}

export interface ListedSetting {
  readonly description: string;
  /** Absent where there is none. */
  readonly default?: unknown;
}

/** All methods that have a name. */
export function listMethods(): ListedMethod[] {
  return methodPresets.members.map((preset) => {
    const method = preset.create(null);
    const { start, objectives: own, augmentation, control, correction } = method;
    const looks = correction === null ? undefined : looksOfCorrection(correction);
    const facts = own.map(describeObjective);
    return {
      name: preset.name,
      description: preset.description,
      control,
      papers: [
        ...new Set([
          ...facts.map(({ paper }) => paper),
          ...(augmentation ?? []).map(({ kind }) => augmentations.find(kind).paper),
          ...(correction === null ? [] : [corrections.find(correction.kind).paper]),
          // What starts from the orthogonal network and does no more is a baseline there: no part of it says so.
          ...(isPublished(method) ? [antiTransfer] : []),
        ]),
      ],
      looksAt: {
        labels: looks?.orthogonal === 'training' || facts.some(({ seesLabels }) => seesLabels),
        clips: looks?.orthogonal === 'auxiliary' || facts.some(({ seesAuxiliary }) => seesAuxiliary),
        network: start !== 'random' || facts.some(({ asksFrozen }) => asksFrozen),
      },
      validation: {
        learnsFromTargets: looks?.target === 'validation',
        orthogonalLabels: looks?.orthogonal === 'validation',
      },
      settings: { start, objectives: own, ...(augmentation && { augmentation }), correction },
    };
  });
}

/** All kinds of objectives. */
export function listObjectives(): ListedObjective[] {
  return objectives.members.map(({ name, description, paper, settings }) => ({
    kind: name,
    description,
    paper,
    looksAt: {
      labels: depends(name, ({ seesLabels }) => seesLabels),
      clips: depends(name, ({ seesAuxiliary }) => seesAuxiliary),
      network: depends(name, ({ asksFrozen }) => asksFrozen),
    },
    settings: listSettings(settings),
  }));
}

/** All kinds of augmentations. */
export function listAugmentations(): ListedAugmentation[] {
  return augmentations.members.map(({ name, description, paper, settings }) => ({
    kind: name,
    description,
    paper,
    settings: listSettings(settings),
  }));
}

/** A fact of a kind, asked with every value of the keys that could decide it. */
function depends(
  kind: ObjectiveKind,
  fact: (facts: ReturnType<typeof describeObjective>) => boolean,
): Depending {
  const given = kind === 'similarity' ? { kind, similarity: 'cka' } : { kind };
  const { shape } = objectives.find(kind).settings;
  const of = (change: object) => fact(describeObjective(objectiveSettings.parse({ ...given, ...change })));
  const values = { clips: ['batch', 'auxiliary'], over: ['class', 'class-group'] } as const;
  for (const key of ['clips', 'over'] as const) {
    const answers = key in shape ? values[key].map((value) => of({ [key]: value })) : [];
    if (new Set(answers).size > 1) return key;
  }
  return of({});
}

function listSettings(settings: z.ZodObject): Record<string, ListedSetting> {
  const { properties = {} } = z.toJSONSchema(settings, { io: 'input' });
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, property]) => {
      if (key === 'kind' || typeof property === 'boolean') return [];
      const { description = '', default: value } = property;
      return [[key, { description, ...(value !== undefined && { default: value }) }]];
    }),
  );
}
