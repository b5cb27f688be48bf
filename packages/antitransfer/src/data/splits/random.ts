import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import type { Clip } from '../clip.js';
import { defineSplit } from './definition.js';
import { type Fractions, fractionsSetting, sideSizes } from './fractions.js';
import type { Recordings } from './recordings.js';
import { type Side, type Split, sides } from './split.js';

const schema = z.strictObject({
  kind: z
    .literal('random')
    .describe(
      'Clips at random; those of one recording together, and those of one speaker of Speech Commands.',
    ),
  fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
});

export const random = defineSplit({
  name: 'random',
  description: 'Clips at random, 70/20/10 as in the paper.',
  settings: schema,
  validation: () => 'training-like',
  tearsGroups: true,
  mayDrawAgain: true,
  create: (settings, clips, { recordings, random }) => randomSplit(clips, settings, recordings, random),
});

/** Deals the clips at random; those of one recording together. */
function randomSplit(
  clips: readonly Clip[],
  { fractions }: z.infer<typeof schema>,
  recordings: Recordings,
  random: Random,
): Split {
  if (!recordings.areSingle(clips)) return dealWhole(clips, fractions, recordings, random);
  const shuffled = random.shuffle(clips);
  const { train, validation, test } = sideSizes(clips.length, fractions);
  return {
    train: shuffled.slice(0, train),
    validation: shuffled.slice(train, train + validation),
    test: shuffled.slice(train + validation, train + validation + test),
    description: 'random: every clip is dealt alone',
  };
}

function dealWhole(
  clips: readonly Clip[],
  fractions: Fractions,
  recordings: Recordings,
  random: Random,
): Split {
  const items = clips.map((clip) => ({ label: '', group: recordings.of(clip) }));
  const wanted = sides.map((side) => fractions[side]);
  const sideOf = deal(items, wanted, random);
  const on = (side: Side) => clips.filter((_, index) => sideOf[index] === sides.indexOf(side));
  return {
    train: on('train'),
    validation: on('validation'),
    test: on('test'),
    description: 'random: every recording is dealt alone',
  };
}
