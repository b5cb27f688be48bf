import { z } from 'zod';
import { amplitudeOf } from '../../data/features/amplitude.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** Louder or softer, as the front end would make it of the samples. */
export const gain = defineAugmentation({
  name: 'gain',
  description: 'Makes a clip louder or softer, as the front end would make it of louder samples',
  paper: 'Schlüter and Grill 2015 (ISMIR)',
  settings: z
    .strictObject({
      kind: z.literal('gain'),
      lowest: z
        .number()
        .min(-120)
        .max(120)
        .default(-6)
        .describe('The softest, in dB; all between are equally likely'),
      highest: z.number().min(-120).max(120).default(6).describe('The loudest, in dB'),
    })
    .refine(...boundsRefinement('lowest', 'highest')),
  create({ lowest, highest }, { features: kind }) {
    const { amplify } = amplitudeOf(kind);
    return {
      name: 'gain',
      settings: { kind: 'gain', lowest, highest },
      change({ features, random }) {
        const decibels = drawBetween(lowest, highest, random);
        amplify(features, 10 ** (decibels / 20));
      },
    };
  },
});
