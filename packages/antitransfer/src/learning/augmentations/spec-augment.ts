import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { amplitudeOf } from '../../data/features/amplitude.js';
import { UserError } from '../../errors.js';
import { defineAugmentation } from './definition.js';

/** A part of an axis: the first index of it, and the first behind it. */
type Span = readonly [number, number];

/** Masks over time and frequency, without warping of time, from which the authors gained little. */
export const specAugment = defineAugmentation({
  name: 'spec-augment',
  description: 'Masks some bands of frequencies and some spans of time with the mean of the training clips',
  paper: 'Park and others 2019, arXiv 1904.08779',
  settings: z.strictObject({
    kind: z.literal('spec-augment'),
    frequencyMasks: z.int().min(0).default(2).describe('How many bands of frequencies are masked'),
    frequencyWidth: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('The widest band, as a part of all bins; widths from 0 on are equally likely'),
    timeMasks: z.int().min(0).default(2).describe('How many spans of time are masked'),
    timeWidth: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('The longest span, as a part of the segment; lengths from 0 on are equally likely'),
  }),
  create(settings, { features: kind, standardisation: { mean } }) {
    const bins = amplitudeOf(kind).silence.length;
    if (
      settings.frequencyMasks > 0 &&
      settings.frequencyWidth > 0 &&
      widest(bins, settings.frequencyWidth) === 0
    ) {
      throw new UserError(
        `spec-augment: ${settings.frequencyWidth} of ${bins} bins is less than one: no band would be masked. Give a larger ` +
          'frequencyWidth, or 0 for none.',
      );
    }
    const masked = Float32Array.from({ length: bins }, (_, bin) => mean[bin % mean.length] ?? 0);
    return {
      name: 'spec-augment',
      settings: { ...settings, mean },
      change({ features, random }) {
        const frames = features.length / bins;
        for (let i = 0; i < settings.frequencyMasks; i++) {
          const [first, end] = drawSpan(bins, settings.frequencyWidth, random);
          const band = masked.subarray(first, end);
          for (let frame = 0; frame < frames; frame++) features.set(band, frame * bins + first);
        }
        for (let i = 0; i < settings.timeMasks; i++) {
          const [first, end] = drawSpan(frames, settings.timeWidth, random);
          for (let frame = first; frame < end; frame++) features.set(masked, frame * bins);
        }
      },
    };
  },
});

/** @param part of the length, at most */
function drawSpan(length: number, part: number, random: Random): Span {
  const width = random.integer(0, widest(length, part));
  const first = random.integer(0, length - width);
  return [first, first + width];
}

function widest(length: number, part: number): number {
  return Math.floor(part * length);
}
