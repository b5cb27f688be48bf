import { augmentations } from '../../learning/augmentations/registry.js';
import { describeObjective, type ObjectiveFacts } from '../../learning/objectives/registry.js';
import { augmentationOf } from './augmentation.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';

/** What of a method's objectives does not go together, and what of its augmentation with them: a line each, with a way out. */
export function methodConflicts({ methods, training }: Pick<Experiment, 'methods' | 'training'>): string[] {
  return methods.flatMap((entry, index) => {
    const method = resolveMethod(entry);
    const objectives = method.objectives.map((settings, i) => ({
      ...describeObjective(settings),
      shrinks: 'shrinkage' in settings && settings.shrinkage,
      path: `methods[${index}].objectives[${i}]`,
    }));
    const mixing = augmentationOf(method, training).find(({ kind }) => augmentations.find(kind).mixesLabels);
    return [...drawnTwice(objectives, method.id), ...replaced(objectives, mixing?.kind)];
  });
}

type Objective = ObjectiveFacts & { readonly path: string; readonly shrinks: boolean };

/** Only one may say how the clips of an epoch are drawn. */
function drawnTwice(objectives: readonly Objective[], id: string): string[] {
  const [first, ...others] = objectives.filter(({ drawsEpochs }) => drawsEpochs);
  return others.map(
    ({ path, kind }) =>
      `${path}: "${kind}" says how the clips of an epoch are drawn, and so does ` +
      `"${first?.kind}", ${first?.path.replace(/.*\./, '')} of the method "${id}"; leave one.`,
  );
}

/** What is computed in place of the cross-entropy knows nothing of what would be done to that. */
function replaced(objectives: readonly Objective[], mixing: string | undefined): string[] {
  const [first, ...others] = objectives.filter(({ replacesCrossEntropy }) => replacesCrossEntropy);
  if (first === undefined) return [];
  const weighing = objectives.filter(({ weighsClips }) => weighsClips);
  const drawing = objectives.filter(({ drawsEpochs }) => drawsEpochs);
  return [
    ...others.map(
      ({ path, kind }) => `${path}: "${kind}" and "${first.kind}" both correct the logits; leave one.`,
    ),
    ...weighing.map(
      ({ path, kind }) =>
        `${path}: "${kind}" weighs clips, and "${first.kind}" corrects the logits of all alike; leave one.`,
    ),
    ...(first.shrinks ? drawing : []).map(
      ({ path, kind }) =>
        `${path}: "${kind}" draws some clips again and again, and so "${first.kind}" could not tell dependence from chance; ` +
        `leave one, or set shrinkage to false.`,
    ),
    ...(mixing === undefined
      ? []
      : [
          `${first.path}: "${first.kind}" corrects the logits of one label, and "${mixing}" mixes two; leave one.`,
        ]),
  ];
}
