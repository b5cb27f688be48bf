import { z } from 'zod';
import { snrLevel } from '../audio/mix-noise.js';
import { fractionsSetting } from './fractions.js';

/** Settings that both confounded splits have. */
const confoundSettings = {
  strength: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe(
      "How strong the confound is: the part of a class's training clips that come from its owner. 1: only from " +
        'its owner; 1 / number of owners: no confound.',
    ),
  validation: z
    .enum(['balanced', 'confounded'])
    .default('balanced')
    .describe(
      'Whether the validation clips are balanced, as the test, or confounded, as the training. A confounded ' +
        'validation rewards what the test punishes.',
    ),
} as const;

const clipLimit = (of: string) =>
  z.int().min(1).optional().describe(`At most this many ${of}. Default: all.`);

export const confoundedSettings = z.strictObject({
  kind: z
    .literal('confounded')
    .describe('Target and orthogonal label go together in training, not in the test.'),
  owners: z
    .int()
    .min(2)
    .optional()
    .describe(
      'How many of the orthogonal labels take part, chosen at random; each owns an equal share of the target ' +
        'classes. Default: all of them, and at most as many as there are classes.',
    ),
  ...confoundSettings,
  order: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Label column, for example `take`: the first clips of each pair of labels are for the test, the next for ' +
        'the validation, the others for training. Default: at random.',
    ),
  fractions: fractionsSetting({ train: 0.64, validation: 0.16, test: 0.2 }),
  clipsPerClass: z
    .strictObject({
      train: clipLimit('training clips of each class'),
      validation: clipLimit('validation clips of each class'),
    })
    .prefault({})
    .describe('Limits, to make the task harder or to compare strengths at one size.'),
  penalty: z
    .strictObject({
      train: z.number().gt(0).lt(1).default(0.25).describe('Part that trains the orthogonal network.'),
      validation: z.number().gt(0).lt(1).default(0.125).describe('Part that chooses its epoch.'),
    })
    .refine(({ train, validation }) => train + validation <= 1, {
      error: 'The two parts must not add up to more than 1.',
    })
    .prefault({})
    .describe(
      'Clips of the orthogonal network and of penalties that look at clips of their own: parts of the clips of ' +
        'each pair of labels that are for training. They are balanced, and may be training clips too.',
    ),
});

export const confoundedNoiseSettings = z.strictObject({
  kind: z
    .literal('confounded-noise')
    .describe('Target and background noise go together in training, not in the test.'),
  column: z
    .string()
    .min(1)
    .default('speaker')
    .describe('Label column whose labels stay on one side, for example `speaker`.'),
  owners: z
    .int()
    .min(2)
    .optional()
    .describe(
      'How many noises are heard in training, chosen at random; each owns an equal share of the target classes. ' +
        'The others are heard in the test only. Default: all but one.',
    ),
  ...confoundSettings,
  fractions: fractionsSetting({ train: 0.55, validation: 0.13, test: 0.32 }),
  snr: z
    .strictObject({
      low: snrLevel.default(0).describe('Least signal-to-noise ratio, dB.'),
      high: snrLevel.default(10).describe('Greatest signal-to-noise ratio, dB.'),
    })
    .refine(({ low, high }) => low <= high, { error: '"low" must not be above "high".' })
    .prefault({})
    .describe('Range of the signal-to-noise ratio; uniform in dB.'),
  segment: z
    .number()
    .positive()
    .default(1)
    .describe('Seconds of noise that a clip needs: the length of the longest clip.'),
  trainPart: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.6)
    .describe(
      'Part of each noise recording, from its start, for training and validation; the rest is for the test.',
    ),
  clips: z
    .strictObject({
      train: clipLimit('training clips'),
      validation: clipLimit('validation clips'),
      test: clipLimit('test clips'),
    })
    .prefault({})
    .describe('Limits; what is kept is spread evenly over the target classes.'),
});
