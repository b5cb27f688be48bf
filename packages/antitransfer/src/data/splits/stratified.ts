import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import type { Clip } from '../clip.js';
import { labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { type Fractions, fractionsSetting } from './fractions.js';
import type { Recordings } from './recordings.js';
import { type Side, type Split, sides } from './split.js';

const schema = z.strictObject({
  kind: z.literal('stratified').describe('Clips at random, each class in the same proportion on every side.'),
  fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
});

export const stratified = defineSplit({
  name: 'stratified',
  description: 'Clips at random, each class of the target in the same proportion on every side.',
  settings: schema,
  validation: () => 'training-like',
  tearsGroups: true,
  mayDrawAgain: true,
  create: ({ fractions }, clips, { target, recordings, random }) =>
    stratifiedSplit(clips, fractions, target, recordings, random),
});

/** Deals the clips of each label of `column` at random, in proportion; those of one recording together. */
function stratifiedSplit(
  clips: readonly Clip[],
  fractions: Fractions,
  column: string,
  recordings: Recordings,
  random: Random,
): Split {
  const items = clips.map((clip) => ({ label: labelOf(clip, column), group: recordings.of(clip) }));
  const wanted = sides.map((side) => fractions[side]);
  const sideOf = deal(items, wanted, random);
  const on = (side: Side) => clips.filter((_, index) => sideOf[index] === sides.indexOf(side));
  return {
    train: on('train'),
    validation: on('validation'),
    test: on('test'),
    description: `stratified: every ${column} in the same proportion on every side`,
  };
}
