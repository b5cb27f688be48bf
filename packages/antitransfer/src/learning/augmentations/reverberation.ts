import { z } from 'zod';
import { drawReflections, reverberate } from '../../data/audio/reverberate.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** A room that is made anew each time. */
export const reverberation = defineAugmentation({
  name: 'reverberation',
  description:
    'Reverberates the samples in a made room: noise that falls exponentially, another room each time',
  paper: 'Ko and others 2017 (ICASSP)',
  settings: z
    .strictObject({
      kind: z.literal('reverberation'),
      shortest: z
        .number()
        .min(0.01)
        .max(10)
        .default(0.1)
        .describe(
          'The shortest time in which sound falls by 60 dB, in seconds; all between are equally likely',
        ),
      longest: z.number().min(0.01).max(10).default(0.5).describe('The longest such time'),
      directRatio: z
        .number()
        .min(-30)
        .max(60)
        .default(6)
        .describe('Energy of the direct sound over that of its reflections, in dB'),
    })
    .refine(...boundsRefinement('shortest', 'longest')),
  onSamples: true,
  create: ({ shortest, longest, directRatio }, { features: { sampleRate } }) => ({
    name: 'reverberation',
    settings: { kind: 'reverberation', shortest, longest, directRatio, sampleRate },
    changeSamples({ samples, random }) {
      const decay = drawBetween(shortest, longest, random);
      reverberate(samples, drawReflections({ decay, directRatio }, sampleRate, random));
    },
  }),
});
