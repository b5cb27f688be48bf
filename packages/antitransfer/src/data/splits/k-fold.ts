import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import { entryOf, itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';
import { labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { dealOfGroups, groupsOf } from './group.js';
import type { Recordings } from './recordings.js';
import { type Split, SplitError, type SplitTask } from './split.js';
import { validationClipsSetting, validationOfGroups } from './validation-clips.js';

const schema = z.strictObject({
  kind: z.literal('k-fold').describe('Cross-validation over groups: each group is tested once.'),
  column: z.string().min(1).describe('Label column of the groups, for example `speaker`.'),
  folds: z
    .int()
    .min(2)
    .default(5)
    .describe('Number of folds. As many as there are groups leaves one group out at a time.'),
  validation: z
    .union([z.number().gt(0).lt(1), z.literal('next-fold')])
    .default(0.2)
    .describe(
      'Part of the clips outside the test fold that chooses the model; `next-fold`: the fold behind the test, as corpora of sessions are often used, so that each fold tests once and chooses once.',
    ),
  validationClips: validationClipsSetting,
});

export const kFold = defineSplit({
  name: 'k-fold',
  description: 'Cross-validation over groups: in each fold other groups are the test.',
  settings: schema,
  validation: ({ validationClips }) => validationOfGroups(validationClips),
  columns: ({ column }) => [column],
  folds: ({ folds }) => folds,
  check: ({ column, validationClips }) => ({
    group: column,
    sharesGroups: validationClips === 'training-groups',
    everyClassIn: ['train'],
  }),
  create: (settings, clips, parts) =>
    kFoldSplit(clips, settings, parts, parts.recordings, parts.random, parts.fold),
});

/**
 * One fold of a cross-validation over groups. All folds of one seed have the same partition. A small test fold may
 * lack a class; all folds together have it.
 *
 * @param fold from 0
 * @throws SplitError when there is no such fold, or there are too few groups
 */
function kFoldSplit(
  clips: readonly Clip[],
  { column, folds, validation: validationPart, validationClips }: z.infer<typeof schema>,
  task: SplitTask,
  recordings: Recordings,
  random: Random,
  fold: number | undefined,
): Split {
  if (fold === undefined || !Number.isInteger(fold) || fold < 0 || fold >= folds) {
    throw new SplitError(`There is no fold ${fold}: the split "k-fold" has folds 0 to ${folds - 1}.`);
  }
  const isOfTraining = validationClips === 'training-groups';
  const groups = groupsOf(clips, column, recordings);
  const isNext = validationPart === 'next-fold';
  if (isNext && isOfTraining) {
    throw new SplitError(
      'split.validation: the next fold has groups of its own, while split.validationClips asks for clips of "training-groups". Give ' +
        'a part of the clips, such as 0.2, or leave "validationClips" out.',
    );
  }
  if (isNext && folds < 3) {
    throw new SplitError(
      `split.validation: of ${folds} folds, one tests and the next one chooses, which leaves none to train. Use 3 or more.`,
    );
  }
  const least = isOfTraining ? folds : Math.max(folds, 3);
  if (groups.count < least) {
    throw new SplitError(
      `${groups.text}; ${folds} folds need ${least} or more. Use fewer folds or group by another column.`,
    );
  }
  const groupOf = new Map(clips.map((clip, index) => [clip, itemAt(groups.of, index)]));
  const toItem = (clip: Clip) => ({ label: labelOf(clip, task.target), group: entryOf(groupOf, clip) });
  const equal = Array.from({ length: folds }, () => 1 / folds);
  const foldOf = deal(clips.map(toItem), equal, random.fork('folds'));
  const rest = clips.filter((_, index) => foldOf[index] !== fold);
  const test = clips.filter((_, index) => foldOf[index] === fold);
  const over = `k-fold: ${folds} folds over ${groups.count} labels of ${column}`;
  if (isNext) {
    const next = (fold + 1) % folds;
    return {
      train: clips.filter((_, index) => foldOf[index] !== fold && foldOf[index] !== next),
      validation: clips.filter((_, index) => foldOf[index] === next),
      test,
      description: `${over}, validation by the next one, no ${column} on two sides`,
    };
  }
  const draw = random.fork(`validation of fold ${fold}`);
  if (isOfTraining) {
    return {
      ...dealOfGroups(rest, validationPart, task, recordings, draw),
      test,
      description: `${over}, no ${column} of the test on another side, validation of training's`,
    };
  }
  const sideOf = deal(rest.map(toItem), [1 - validationPart, validationPart], draw);
  return {
    train: rest.filter((_, index) => sideOf[index] === 0),
    validation: rest.filter((_, index) => sideOf[index] === 1),
    test,
    description: `${over}, no ${column} on two sides`,
  };
}
