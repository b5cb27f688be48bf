import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import { itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';
import { distinctLabels, labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { type Fractions, fractionsSetting } from './fractions.js';
import type { Recordings } from './recordings.js';
import { onSides, type Side, type Split, SplitError, type SplitTask, sides } from './split.js';

const schema = z.strictObject({
  kind: z.literal('group').describe('No group, such as a speaker, on two sides.'),
  column: z.string().min(1).describe('Label column of the groups, for example `speaker`.'),
  fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
});

export const group = defineSplit({
  name: 'group',
  description:
    'Whole groups at random: the test has speakers (instruments, sessions) that training never met.',
  settings: schema,
  mayDrawAgain: true,
  columns: ({ column }) => [column],
  check: ({ column }) => ({ group: column }),
  create: (settings, clips, parts) => groupSplit(clips, settings, parts, parts.recordings, parts.random),
});

/** Deals whole groups, and whole recordings; the fractions are met as well as the groups allow. */
function groupSplit(
  clips: readonly Clip[],
  { column, fractions }: z.infer<typeof schema>,
  task: SplitTask,
  recordings: Recordings,
  random: Random,
): Split {
  const dealt = dealGroups(clips, column, fractions, task, recordings, random);
  return { ...dealt, description: `group: no ${column} is on two sides` };
}

/**
 * The clips of each side, no label of `column` and no recording on two of them.
 *
 * @throws SplitError when there are fewer groups than sides
 */
export function dealGroups(
  clips: readonly Clip[],
  column: string,
  fractions: Fractions,
  { target }: Pick<SplitTask, 'target'>,
  recordings: Recordings,
  random: Random,
): Record<Side, Clip[]> {
  const groups = groupsOf(clips, column, recordings);
  if (groups.count < sides.length) {
    throw new SplitError(
      `${groups.text}; training, validation and test need one each. Group by another column, or use the split ` +
        '"stratified".',
    );
  }
  const items = clips.map((clip, index) => ({
    label: labelOf(clip, target),
    group: itemAt(groups.of, index),
  }));
  const sideOf = deal(
    items,
    sides.map((side) => fractions[side]),
    random,
  );
  const on = (side: Side) => clips.filter((_, index) => sideOf[index] === sides.indexOf(side));
  return onSides(on);
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
