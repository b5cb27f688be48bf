import { z } from 'zod';
import { Resampler } from '../../data/audio/resample.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** By which factors differ that can be drawn: a rate in Hz that has nothing to do with the clips'. */
const rate = 16_000;

/** Faster and higher, or slower and lower: tempo and pitch together, as a tape does. */
export const speed = defineAugmentation({
  name: 'speed',
  description:
    'Plays the samples faster and higher, or slower and lower; the segment is filled with silence, or cut',
  paper: 'Ko and others 2015 (Interspeech)',
  settings: z
    .strictObject({
      kind: z.literal('speed'),
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
  create({ slowest, fastest }) {
    let resampler: Promise<Resampler> | undefined;
    return {
      name: 'speed',
      settings: { kind: 'speed', slowest, fastest },
      async changeSamples({ samples, random }) {
        const factor = drawBetween(slowest, fastest, random);
        resampler ??= Resampler.create('fastest');
        const played = (await resampler).resample(samples, Math.round(factor * rate), rate);
        const kept = played.subarray(0, samples.length);
        samples.set(kept);
        samples.fill(0, kept.length);
      },
    };
  },
});
