import { z } from 'zod';
import { stretch } from '../../data/audio/stretch.js';
import { refill } from '../../data/audio/tape.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';
import { factors } from './factors.js';

/** Faster or slower speech of the same voice. */
export const tempo = defineAugmentation({
  name: 'tempo',
  description:
    'Makes the samples faster or slower at the same pitch; the segment is filled with silence, or cut',
  paper: 'Ko and others 2015 (Interspeech)',
  settings: z
    .strictObject({ kind: z.literal('tempo'), ...factors })
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
