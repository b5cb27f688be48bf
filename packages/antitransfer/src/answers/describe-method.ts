import { augmentations } from '../learning/augmentations/registry.js';
import { type CorrectionSettings, corrections, looksOfCorrection } from '../learning/corrections/registry.js';
import {
  describeObjective,
  objectives as kinds,
  type ObjectiveSettings,
  objectiveName,
} from '../learning/objectives/registry.js';
import { augmentationOf } from '../runs/config/augmentation.js';
import { isPublished, type MethodSettings } from '../runs/config/method.js';
import { methodPresets } from '../runs/config/presets/registry.js';
import type { Experiment } from '../runs/config/schema.js';
import type { CorrectionDescription, MethodDescription, ObjectiveDescription } from './results.js';

/** What a method is: who thought of it, what joins its loss, what that looks at. */
export function describeMethod(
  method: MethodSettings,
  { orthogonal, methods, training }: Experiment,
): MethodDescription {
  const { id, label, description, control } = method;
  const objectives = method.objectives.map((settings, index) =>
    describe(settings, index, orthogonal[0].name),
  );
  const augmentation = [...augmentationOf(method, training)];
  const correction =
    method.correction === null ? undefined : describeCorrection(method.correction, orthogonal[0].name);
  return {
    id,
    label: label ?? id.replaceAll('-', ' '),
    description: description ?? '',
    start: method.start,
    control,
    published: isPublished({ ...method, augmentation }),
    // Who writes a method out has changed it, though it may have a preset's name.
    own:
      !methods.some((entry) => entry === id) || methodPresets.members.every((preset) => preset.name !== id),
    objectives,
    ...(augmentation.length > 0 && {
      augmentation: augmentation.map(({ kind }) => {
        const { description: text, paper } = augmentations.find(kind);
        return { kind, description: text, paper };
      }),
    }),
    ...(correction && { correction }),
    forgets: orthogonal.flatMap(({ name }) =>
      [...objectives, ...(correction ? [correction] : [])].some(({ forgets }) => forgets === name)
        ? [name]
        : [],
    ),
  };
}

function describeCorrection(settings: CorrectionSettings, first: string): CorrectionDescription {
  const { description, paper } = corrections.find(settings.kind);
  const { target, orthogonal } = looksOfCorrection(settings);
  return {
    kind: settings.kind,
    description,
    paper,
    method: settings.method,
    learnsFrom: target,
    labels: orthogonal,
    forgets: orthogonal === 'none' ? null : (settings.orthogonal ?? first),
  };
}

function describe(settings: ObjectiveSettings, index: number, first: string): ObjectiveDescription {
  const { kind, seesLabels, isPublished: published, paper } = describeObjective(settings);
  const { description, paper: ofKind } = kinds.find(kind);
  const similarity = 'similarity' in settings ? settings.similarity : null;
  return {
    kind,
    description,
    // Of a similarity, whether it is the paper's is said beside it.
    paper: similarity === null ? paper : ofKind,
    published,
    similarity,
    seesLabels,
    clips: 'clips' in settings ? settings.clips : 'batch',
    forgets: settings.orthogonal ?? first,
    ...weightOf(settings, index),
  };
}

/** A constant weight; one that grows is another in each epoch. */
function weightOf(settings: ObjectiveSettings, index: number): Pick<ObjectiveDescription, 'weight'> {
  if (!('beta' in settings) || ('schedule' in settings && (settings.schedule ?? 'constant') !== 'constant'))
    return {};
  return { weight: { beta: settings.beta, of: objectiveName(settings, index) } };
}
