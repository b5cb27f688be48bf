import type { Random } from 'onnx-autograd';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import type { Clip } from '../clip.js';
import { distinctLabels, labelOf } from './columns.js';
import { type Fractions, fractionsSetting } from './fractions.js';
import { type Side, type Split, SplitError, type SplitTask, sides } from './split.js';

export const groupSettings = z
  .strictObject({
    kind: z.literal('group').describe('No group, such as a speaker, on two sides.'),
    column: z.string().min(1).describe('Label column of the groups, for example `speaker`.'),
    fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
  })
  .describe('Whole groups at random: the test has speakers (instruments, sessions) that training never met.');

/** Deals whole groups; the fractions are met as well as the groups allow. */
export function groupSplit(
  clips: readonly Clip[],
  { column, fractions }: z.infer<typeof groupSettings>,
  task: SplitTask,
  random: Random,
): Split {
  const dealt = dealGroups(clips, column, fractions, task, random);
  return { ...dealt, description: `group: no ${column} is on two sides` };
}

/**
 * The clips of each side, no label of `column` on two of them.
 *
 * @throws SplitError when there are fewer groups than sides
 */
export function dealGroups(
  clips: readonly Clip[],
  column: string,
  fractions: Fractions,
  { target }: Pick<SplitTask, 'target'>,
  random: Random,
): Record<Side, Clip[]> {
  const groups = distinctLabels(clips, column);
  if (groups.length < sides.length) {
    throw new SplitError(
      `The column "${column}" has ${groups.length} labels (${groups.join(', ')}); training, validation and test ` +
        `need one each. Group by another column, or use the split "stratified".`,
    );
  }
  const items = clips.map((clip) => ({ label: labelOf(clip, target), group: labelOf(clip, column) }));
  const sideOf = deal(
    items,
    sides.map((side) => fractions[side]),
    random,
  );
  const on = (side: Side) => clips.filter((_, index) => sideOf[index] === sides.indexOf(side));
  return { train: on('train'), validation: on('validation'), test: on('test') };
}
