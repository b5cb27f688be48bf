import { z } from 'zod';

const count = z.int().positive();

/** What every front end is told: which samples, and how they are cut into frames. */
export const segmentSettings = z.object({
  sampleRate: count
    .min(1000)
    .max(192000)
    .default(16000)
    .describe('Sample rate in Hz; recordings are resampled to it'),
  channel: count
    .optional()
    .describe('Which channel of recordings with several, from 1; left out: the mean of all'),
  seconds: z
    .number()
    .positive()
    .default(1)
    .describe('Length of a segment in seconds; clips are cropped to it, or padded with zeros'),
  placement: z
    .enum(['start', 'centre', 'random'])
    .default('start')
    .describe(
      'start: keep the beginning of a longer clip, pad a shorter one at its end; centre: keep the middle, pad both sides; random: anywhere in the segment, drawn from the clip’s own samples, so that a clip is always at the same position',
    ),
  window: count.min(4).max(16384).default(256).describe('Length of the analysis window in samples; even'),
  hop: count.default(128).describe('Samples from one frame to the next; at most the window'),
  windowFunction: z.enum(['hamming', 'hann']).default('hamming').describe('Shape of the analysis window'),
});

export type SegmentSettings = z.infer<typeof segmentSettings>;

/** The length of a segment in samples. */
export function segmentSamples({
  seconds,
  sampleRate,
}: Pick<SegmentSettings, 'seconds' | 'sampleRate'>): number {
  return Math.round(seconds * sampleRate);
}
