import { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { colouredNoise, noiseColours } from '../../data/audio/coloured-noise.js';
import { mixNoise } from '../../data/audio/mix-noise.js';
import { segmentSamples } from '../../data/features/segment-settings.js';
import { drawBetween } from '../../numbers/draw-between.js';
import { boundsRefinement, defineAugmentation } from './definition.js';

/** How long the noise is of which clips get a part. */
const segments = 20;

/** Noise that is made, another part of it each time; recordings of noise are mixed in by `data.noise`. */
export const noise = defineAugmentation({
  name: 'noise',
  description: 'Adds made noise to the samples, at a signal-to-noise ratio drawn anew each time',
  paper: 'Hannun and others 2014, arXiv 1412.5567',
  settings: z
    .strictObject({
      kind: z.literal('noise'),
      colour: noiseColours
        .default('pink')
        .describe(
          'How its power falls with frequency: white, not at all; pink, by 3 dB an octave; brown, by 6',
        ),
      lowest: z
        .number()
        .min(-60)
        .max(120)
        .default(5)
        .describe(
          'The lowest ratio, in dB, of the mean powers in the segment; all between are equally likely',
        ),
      highest: z.number().min(-60).max(120).default(30).describe('The highest ratio, in dB'),
    })
    .refine(...boundsRefinement('lowest', 'highest')),
  onSamples: true,
  create({ colour, lowest, highest }, { features }) {
    const length = segmentSamples(features);
    let recording: Float32Array | undefined;
    return {
      name: 'noise',
      settings: { kind: 'noise', colour, lowest, highest, length },
      changeSamples({ samples, random }) {
        // Made once, the same in every training: a clip gets a part of it.
        recording ??= colouredNoise(segments * length, colour, new Random(0).fork('noise'));
        const ratio = drawBetween(lowest, highest, random);
        const start = random.integer(0, recording.length - samples.length);
        // Of silence there is no ratio.
        if (samples.every((sample) => sample === 0)) return;
        samples.set(mixNoise(samples, recording.subarray(start, start + samples.length), ratio));
      },
    };
  },
});
