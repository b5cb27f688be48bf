import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import { itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';
import { distinctLabels, labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { fractionsSetting } from './fractions.js';
import type { Recordings } from './recordings.js';
import { type Side, type Split, SplitError, type SplitTask, sides } from './split.js';
import { validationClipsSetting, validationOfGroups } from './validation-clips.js';

const schema = z.strictObject({
  kind: z.literal('group').describe('No group, such as a speaker, on two sides.'),
  column: z.string().min(1).describe('Label column of the groups, for example `speaker`.'),
  fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
  validationClips: validationClipsSetting,
});

export const group = defineSplit({
  name: 'group',
  description:
    'Whole groups at random: the test has speakers (instruments, sessions) that training never met.',
  settings: schema,
  validation: ({ validationClips }) => validationOfGroups(validationClips),
  mayDrawAgain: true,
  columns: ({ column }) => [column],
  check: ({ column, validationClips }) => ({
    group: column,
    sharesGroups: validationClips === 'training-groups',
  }),
  create: (settings, clips, parts) => groupSplit(clips, settings, parts, parts.recordings, parts.random),
});

/** Deals whole groups, and whole recordings; the fractions are met as well as the groups allow. */
function groupSplit(
  clips: readonly Clip[],
  { column, fractions, validationClips }: z.infer<typeof schema>,
  task: SplitTask,
  recordings: Recordings,
  random: Random,
): Split {
  if (validationClips === 'training-groups') {
    const { train, validation, test } = fractions;
    const apart = { train: train + validation, test };
    const dealt = dealGroups(clips, column, apart, task, recordings, random);
    const part = validation / apart.train;
    return {
      ...dealOfGroups(dealt.train, part, task, recordings, random.fork('validation')),
      test: dealt.test,
      description: `group: no ${column} of the test on another side, validation of training's`,
    };
  }
  const dealt = dealGroups(clips, column, fractions, task, recordings, random);
  return { ...dealt, description: `group: no ${column} is on two sides` };
}

/**
 * The clips of each side, no label of `column` and no recording on two of them.
 *
 * @throws SplitError when there are fewer groups than sides
 */
export function dealGroups<S extends Side>(
  clips: readonly Clip[],
  column: string,
  fractions: Readonly<Record<S, number>>,
  { target }: Pick<SplitTask, 'target'>,
  recordings: Recordings,
  random: Random,
): Record<S, Clip[]> {
  const names = sides.filter((side): side is S => side in fractions);
  const groups = groupsOf(clips, column, recordings);
  if (groups.count < names.length) {
    const which = names.length === sides.length ? 'training, validation and test' : 'training and test';
    throw new SplitError(
      `${groups.text}; ${which} need one each. Group by another column, or use the split "stratified".`,
    );
  }
  const items = clips.map((clip, index) => ({
    label: labelOf(clip, target),
    group: itemAt(groups.of, index),
  }));
  const sideOf = deal(
    items,
    names.map((side) => fractions[side]),
    random,
  );
  const on = (side: S) => clips.filter((_, index) => sideOf[index] === names.indexOf(side));
  return Object.fromEntries(names.map((side) => [side, on(side)])) as Record<S, Clip[]>;
}

/** Training and validation among clips of the same groups, each class in the same proportion; whole recordings. */
export function dealOfGroups(
  clips: readonly Clip[],
  validationPart: number,
  { target }: Pick<SplitTask, 'target'>,
  recordings: Recordings,
  random: Random,
): Pick<Split, 'train' | 'validation'> {
  const items = clips.map((clip) => ({ label: labelOf(clip, target), group: recordings.of(clip) }));
  const sideOf = deal(items, [1 - validationPart, validationPart], random);
  return {
    train: clips.filter((_, index) => sideOf[index] === 0),
    validation: clips.filter((_, index) => sideOf[index] === 1),
  };
}

/** The groups that a column makes, those that share a recording joined. */
export function groupsOf(
  clips: readonly Clip[],
  column: string,
  recordings: Recordings,
): {
  /** The group of each clip. */
  readonly of: readonly string[];
  readonly count: number;
  /** What there is, for people. */
  readonly text: string;
} {
  const labels = distinctLabels(clips, column);
  const of = recordings.joinGroups(
    clips,
    clips.map((clip) => labelOf(clip, column)),
  );
  const count = new Set(of).size;
  const known = `The column "${column}" has ${labels.length} labels (${labels.join(', ')})`;
  const joined = `, but files hold clips of several, so that only ${count} groups can be told apart`;
  return { of, count, text: count === labels.length ? known : known + joined };
}
