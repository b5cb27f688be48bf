import { z } from 'zod';

/** A window whose loudest sample is below this, of a full scale of 1, is silent (-80 dB). */
const SILENT_PEAK = 1e-4;

/** Seconds of sound below which there is nothing to recognise: the shortest words last about a tenth. */
const SHORTEST_SOUND = 0.05;

/** How clips that are longer than a segment are gone through in windows of a segment's length. */
export const windowSettings = z.strictObject({
  hop: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'Seconds from the beginning of one window to the next: as long as from frame to frame at least, `features.seconds` at most; null is half of it',
    ),
  minimum: z
    .number()
    .nonnegative()
    .default(SHORTEST_SOUND)
    .describe(
      'Seconds of sound below which a window is left out; the last one of a clip may be shorter than the others, and is padded with zeros',
    ),
  minimumPeak: z
    .number()
    .min(0)
    .max(1)
    .default(SILENT_PEAK)
    .describe(
      'A window whose loudest sample is below this, of a full scale of 1, is left out: 0.0001 is silence, 0.05 what the paper leaves out',
    ),
});

/** `segments` of a configuration: how long recordings are cut into windows. */
export type WindowSettings = z.infer<typeof windowSettings>;

/** What applies where nobody chose: half a segment from window to window, silence and clicks left out. */
export const defaultWindows: WindowSettings = windowSettings.parse({});
