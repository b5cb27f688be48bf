import type { Random } from 'onnx-autograd';
import { z } from 'zod';
import type { Clip } from '../clip.js';
import { fractionsSetting, sideSizes } from './fractions.js';
import type { Split } from './split.js';

export const randomSettings = z
  .strictObject({
    kind: z.literal('random').describe('Clips at random, whoever speaks.'),
    fractions: fractionsSetting({ train: 0.7, validation: 0.2, test: 0.1 }),
  })
  .describe('Clips at random, 70/20/10 as in the paper.');

/** Deals the clips at random. */
export function randomSplit(
  clips: readonly Clip[],
  { fractions }: z.infer<typeof randomSettings>,
  random: Random,
): Split {
  const shuffled = random.shuffle(clips);
  const { train, validation, test } = sideSizes(clips.length, fractions);
  return {
    train: shuffled.slice(0, train),
    validation: shuffled.slice(train, train + validation),
    test: shuffled.slice(train + validation, train + validation + test),
    description: 'random: every clip is dealt alone',
  };
}
