import { describeObjective } from '../../learning/objectives/registry.js';
import { taskWord } from '../../task-words.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import type { PreparedRepetition } from '../data/prepare.js';

/** What of a repetition tells how large batches can be. */
export interface BatchedSides {
  readonly train: Pick<PreparedRepetition['train'], 'clips'>;
  /** In the experiment's order. */
  readonly tasks: readonly { readonly train: Pick<PreparedRepetition['train'], 'clips'> }[];
}

/**
 * Batches that hold fewer clips than was asked for, since no batch holds a clip twice and there are no more: a sentence for
 * each kind of clips. Windows count as clips.
 */
export function smallBatches(experiment: Experiment, repetitions: readonly BatchedSides[]): string[] {
  const { training, target, orthogonal } = experiment;
  const looksAt = auxiliaryTasks(experiment);
  const least = (clips: (sides: BatchedSides) => readonly unknown[] | undefined) =>
    Math.min(...repetitions.map((sides) => clips(sides)?.length ?? Number.POSITIVE_INFINITY));
  return [
    ...noteOf(
      `training clips of ${target}`,
      least(({ train }) => train.clips),
      training.batch,
    ),
    ...orthogonal.flatMap((task, index) => {
      const { name, model, training: own } = task;
      const clips = least(({ tasks }) => tasks[index]?.train.clips);
      return [
        ...(looksAt.has(name) ? noteOf(`auxiliary clips of ${taskWord(task)}`, clips, training.batch) : []),
        ...(model === null
          ? noteOf(`training clips of the ${taskWord(task)} network`, clips, own.batch ?? training.batch)
          : []),
      ];
    }),
  ];
}

/** The tasks whose clips objectives look at, by name. */
function auxiliaryTasks(experiment: Experiment): ReadonlySet<string> {
  const [first] = experiment.orthogonal;
  const objectives = methodsOf(experiment).flatMap((method) => method.objectives);
  return new Set(
    objectives.flatMap((objective) =>
      describeObjective(objective).seesAuxiliary ? [objective.orthogonal ?? first.name] : [],
    ),
  );
}

function noteOf(what: string, clips: number, batch: number): string[] {
  return clips < batch
    ? [`Batches hold ${clips} and not ${batch} (training.batch) of the ${what}: there are no more.`]
    : [];
}
