import type { Clip } from '../../data/clip.js';
import type { Recordings } from '../../data/splits/recordings.js';
import { UserError } from '../../errors.js';
import { groupBy } from '../../group-by.js';
import { type CorrectionSettings, looksOfCorrection } from '../../learning/corrections/registry.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import type { DrawnSplits, Repetition, TaskClips } from '../data/draw-splits.js';

/**
 * Makes sure that the target's clips have the labels that objectives and corrections look at, each one a class that the
 * task has, before anything is computed.
 *
 * @throws UserError that names the method, the objective or correction, and the clip.
 */
export function checkLabels(
  experiment: Experiment,
  { repetitions, recordings }: Pick<DrawnSplits, 'repetitions' | 'recordings'>,
): void {
  const [first] = experiment.orthogonal;
  if (experiment.training.choose === 'validation-worst-group-accuracy')
    requireGroups(repetitions, experiment.target, first.column);
  for (const { id, objectives, correction } of methodsOf(experiment)) {
    for (const objective of objectives) {
      const { kind, seesLabels } = describeObjective(objective);
      if (!seesLabels) continue;
      for (const { split, task } of withTask(repetitions, objective.orthogonal ?? first.name)) {
        requireLabels(split.train, 'training', task, `The method "${id}" (${kind})`, remedies.objective);
      }
    }
    if (correction === null) continue;
    const who = `The method "${id}" (${correction.kind})`;
    for (const { split, task } of withTask(repetitions, correction.orthogonal ?? first.name)) {
      const { orthogonal, target } = looksOfCorrection(correction);
      if (orthogonal === 'training') requireLabels(split.train, orthogonal, task, who, remedies.erasing);
      if (orthogonal === 'validation')
        requireLabels(split.validation, orthogonal, task, who, remedies.balancing);
      if (target === 'validation') requireHalves(split.validation, experiment.target, recordings, correction);
    }
  }
}

const remedies = {
  objective: 'Let it look at clips: auxiliary, where it can, or bring the labels.',
  erasing: 'Let it look at clips: auxiliary, or bring the labels.',
  balancing: 'Set balance: classes, or bring the labels.',
} as const;

function withTask(repetitions: readonly Repetition[], name: string) {
  return repetitions.flatMap(({ split, tasks }) => {
    const task = tasks.find(({ settings }) => settings.name === name);
    return task === undefined ? [] : [{ split, task }];
  });
}

function requireLabels(
  clips: readonly Clip[],
  side: 'training' | 'validation',
  { settings, classes }: TaskClips,
  who: string,
  remedy: string,
): void {
  const { column } = settings;
  const known = new Set(classes);
  const wrong = clips.find(({ labels }) => !known.has(labels[column] ?? ''));
  if (wrong === undefined) return;
  const label = wrong.labels[column];
  const has =
    label === undefined ? 'has none' : `has "${label}", and the network knows ${classes.join(', ')}`;
  const isLeftOut = label !== undefined && settings.rare === 'leave-out';
  const mend = isLeftOut ? 'Set orthogonal.rare to train, or leave such clips out with data.labels.' : remedy;
  throw new UserError(`${who} looks at the ${column} of ${side} clips; "${wrong.id}" ${has}. ${mend}`);
}

/** The worst of one group is all of them. */
function requireGroups(repetitions: readonly Repetition[], target: string, column: string): void {
  for (const { split } of repetitions) {
    const labels = new Set(split.validation.flatMap((clip) => clip.labels[column] ?? []));
    if (labels.size > 1) continue;
    const found =
      labels.size === 0 ? `none has the label ${column}` : `all have the ${column} "${[...labels].join()}"`;
    throw new UserError(
      `training.choose: validation-worst-group-accuracy compares ${target} by ${column} of validation clips, of which ${found}. ` +
        'Bring such labels, or choose by validation-balanced-accuracy.',
    );
  }
}

/** What learns from one half of the validation clips and chooses by the other needs two recordings of each class. */
function requireHalves(
  validation: readonly Clip[],
  target: string,
  recordings: Recordings,
  { kind }: CorrectionSettings,
): void {
  const byClass = groupBy(validation, ({ labels }) => labels[target] ?? '');
  const rare = [...byClass].find(([, clips]) => recordings.group(clips).size < 2);
  if (rare === undefined) return;
  throw new UserError(
    `${kind} learns from one half of the validation clips and chooses by the other: each ${target} needs two recordings ` +
      `there, and "${rare[0]}" has one. Give validation more clips (split.fractions), or leave the method out.`,
  );
}
