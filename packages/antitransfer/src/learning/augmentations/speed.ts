import { z } from 'zod';
import { refill, Tape } from '../../data/audio/tape.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';
import { factors } from './factors.js';

/** Faster and higher, or slower and lower: tempo and pitch together, as a tape does. */
export const speed = defineAugmentation({
  name: 'speed',
  description:
    'Plays the samples faster and higher, or slower and lower; the segment is filled with silence, or cut',
  paper: 'Ko and others 2015 (Interspeech)',
  settings: z
    .strictObject({ kind: z.literal('speed'), ...factors })
    .refine(...boundsRefinement('slowest', 'fastest')),
  onSamples: true,
  create({ slowest, fastest }) {
    const tape = new Tape();
    return {
      name: 'speed',
      settings: { kind: 'speed', slowest, fastest },
      async changeSamples({ samples, random }) {
        refill(samples, await tape.play(samples, drawBetween(slowest, fastest, random)));
      },
    };
  },
});
