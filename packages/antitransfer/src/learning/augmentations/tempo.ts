import { z } from 'zod';
import { stretch } from '../../data/audio/stretch.js';
import { refill } from '../../data/audio/tape.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** Faster or slower speech of the same voice. */
export const tempo = defineAugmentation({
  name: 'tempo',
  description:
    'Makes the samples faster or slower at the same pitch; the segment is filled with silence, or cut',
  paper: 'Ko and others 2015 (Interspeech)',
  settings: z
    .strictObject({
      kind: z.literal('tempo'),
      slowest: z
        .number()
        .min(0.25)
        .max(4)
        .default(0.9)
        .describe('The slowest, as a factor; all between are equally likely'),
      fastest: z.number().min(0.25).max(4).default(1.1).describe('The fastest, as a factor'),
    })
    .refine(...boundsRefinement('slowest', 'fastest')),
  onSamples: true,
  create: ({ slowest, fastest }, { features: { sampleRate } }) => ({
    name: 'tempo',
    settings: { kind: 'tempo', slowest, fastest, sampleRate },
    changeSamples({ samples, random }) {
      refill(samples, stretch(samples, drawBetween(slowest, fastest, random), sampleRate));
    },
  }),
});
