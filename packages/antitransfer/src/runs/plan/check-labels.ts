import type { Clip } from '../../data/clip.js';
import { UserError } from '../../errors.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import type { Repetition, TaskClips } from '../data/draw-splits.js';

/**
 * Makes sure that the target's training clips have the labels that objectives look at, each one a class that the task
 * has, before anything is computed.
 *
 * @throws UserError that names the method, the objective and the clip.
 */
export function checkLabels(experiment: Experiment, repetitions: readonly Repetition[]): void {
  const [first] = experiment.orthogonal;
  for (const { id, objectives } of methodsOf(experiment)) {
    for (const objective of objectives) {
      const { kind, seesLabels } = describeObjective(objective);
      if (!seesLabels) continue;
      const name = objective.orthogonal ?? first.name;
      for (const { split, tasks } of repetitions) {
        const task = tasks.find(({ settings }) => settings.name === name);
        if (task !== undefined) requireLabels(split.train, task, `The method "${id}" (${kind})`);
      }
    }
  }
}

function requireLabels(train: readonly Clip[], { settings, classes }: TaskClips, who: string): void {
  const { column } = settings;
  const known = new Set(classes);
  const wrong = train.find(({ labels }) => !known.has(labels[column] ?? ''));
  if (wrong === undefined) return;
  const label = wrong.labels[column];
  const has =
    label === undefined ? 'has none' : `has "${label}", and the network knows ${classes.join(', ')}`;
  const isLeftOut = label !== undefined && settings.rare === 'leave-out';
  const remedy = isLeftOut
    ? 'Set orthogonal.rare to train, or leave such clips out with data.labels.'
    : 'Let it look at clips: auxiliary, where it can, or bring the labels.';
  throw new UserError(`${who} looks at the ${column} of training clips; "${wrong.id}" ${has}. ${remedy}`);
}
