import type { Clip } from '../../data/clip.js';
import { type CutClips, describeCut } from '../../data/segments/cut-clips.js';
import type { WindowSettings } from '../../data/segments/settings.js';
import { UserError } from '../../errors.js';
import type { Experiment } from '../config/schema.js';
import type { DrawnSplits } from './draw-splits.js';

/**
 * The clips of every side cut into windows. Whole clips were dealt to the sides before, so that all windows of a clip are on
 * one.
 *
 * @throws UserError when a side has nothing left of a label to learn
 */
export function cutDrawn(
  { features, target }: Pick<Experiment, 'features' | 'target'>,
  drawn: DrawnSplits,
  segments: WindowSettings,
  { windows, account }: CutClips,
): DrawnSplits {
  const sentence = describeCut(account, features, segments);
  const cut = (clips: readonly Clip[]) => clips.flatMap((clip) => windows.get(clip) ?? []);
  const side = (name: string, clips: readonly Clip[], column: string) => {
    const left = cut(clips);
    requireLabels(name, clips, left, column, sentence);
    return left;
  };
  return {
    ...drawn,
    repetitions: drawn.repetitions.map(({ split, tasks, ...repetition }) => ({
      ...repetition,
      split: {
        ...split,
        train: side('training', split.train, target),
        validation: side('validation', split.validation, target),
        test: side('test', split.test, target),
        description: `${split.description}; ${sentence}`,
      },
      tasks: tasks.map((task) => ({
        ...task,
        train: side('training', task.train, task.settings.column),
        validation: side('validation', task.validation, task.settings.column),
      })),
    })),
  };
}

/** Every clip that is drawn for any side of any seed, each once. */
export function drawnClips({ repetitions }: DrawnSplits): Clip[] {
  const sides = repetitions.flatMap(({ split, tasks }) =>
    [split, ...tasks].flatMap((side) => [...side.train, ...side.validation]).concat(split.test),
  );
  return [...new Set(sides)];
}

/** Clips of which nothing can be heard are left out; a label that only they have would be missing without a word. */
function requireLabels(
  side: string,
  clips: readonly Clip[],
  left: readonly Clip[],
  column: string,
  sentence: string,
): void {
  const heard = new Set(left.map(({ labels }) => labels[column]));
  const lost = clips.find(({ labels }) => !heard.has(labels[column]));
  if (lost === undefined) return;
  throw new UserError(
    `No ${side} clip with the ${column} "${lost.labels[column] ?? ''}" has anything to hear: ${sentence}. Lower ` +
      'segments.minimum or segments.minimumPeak, or look at these recordings.',
  );
}
