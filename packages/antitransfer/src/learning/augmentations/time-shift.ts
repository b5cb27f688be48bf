import { z } from 'zod';
import { amplitudeOf } from '../../data/features/amplitude.js';
import { UserError } from '../../errors.js';
import { defineAugmentation } from './definition.js';

/**
 * Earlier or later in the segment, by whole frames: what comes in is silence, what goes out is lost (but for half a window of
 * it that the outermost frame had heard). Windows of more than two hops would blur where silence begins.
 */
export const timeShift = defineAugmentation({
  name: 'time-shift',
  description: 'Shifts a clip within its segment, earlier or later; what comes in is silence',
  paper: 'Tang and Lin 2017, arXiv 1710.10361',
  settings: z.strictObject({
    kind: z.literal('time-shift'),
    seconds: z
      .number()
      .positive()
      .default(0.1)
      .describe('The farthest that a clip is shifted, either way; a whole number of frames, each as likely'),
  }),
  create({ seconds }, { features: kind }) {
    const { silence } = amplitudeOf(kind);
    const bins = silence.length;
    // Of a whole number of frames, whatever the quotient is rounded to.
    const farthest = Math.floor((seconds * kind.sampleRate) / kind.hop + 1e-9);
    if (farthest === 0) {
      throw new UserError(
        `time-shift: ${seconds} s is less than a frame, ${kind.hop / kind.sampleRate} s: nothing would be shifted. Give more ` +
          'seconds, or leave it out.',
      );
    }
    return {
      name: 'time-shift',
      settings: { kind: 'time-shift', farthest, silence: [...silence] },
      change({ features, random }) {
        const frames = features.length / bins;
        const most = Math.min(farthest, frames);
        const shift = random.integer(-most, most);
        features.copyWithin(
          Math.max(0, shift) * bins,
          Math.max(0, -shift) * bins,
          (frames - Math.max(0, shift)) * bins,
        );
        const empty = shift > 0 ? 0 : frames + shift;
        for (let frame = empty; frame < empty + Math.abs(shift); frame++) features.set(silence, frame * bins);
      },
    };
  },
});
