import { z } from 'zod';
import { stretch } from '../../data/audio/stretch.js';
import { refill, Tape } from '../../data/audio/tape.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** Higher or lower at the same tempo; the resonances of the vocal tract move as well. */
export const pitch = defineAugmentation({
  name: 'pitch',
  description: 'Makes the samples higher or lower at the same tempo: the voice and its resonances',
  paper: 'Salamon and Bello 2017, arXiv 1608.04363',
  settings: z
    .strictObject({
      kind: z.literal('pitch'),
      lowest: z
        .number()
        .min(-24)
        .max(24)
        .default(-2)
        .describe('The lowest, in semitones from the clip’s own; all between are equally likely'),
      highest: z.number().min(-24).max(24).default(2).describe('The highest, in semitones'),
    })
    .refine(...boundsRefinement('lowest', 'highest')),
  onSamples: true,
  create({ lowest, highest }, { features: { sampleRate } }) {
    const tape = new Tape();
    return {
      name: 'pitch',
      settings: { kind: 'pitch', lowest, highest, sampleRate },
      async changeSamples({ samples, random }) {
        const factor = 2 ** (drawBetween(lowest, highest, random) / 12);
        // As much slower as the tape then is faster.
        refill(samples, await tape.play(stretch(samples, 1 / factor, sampleRate), factor));
      },
    };
  },
});
