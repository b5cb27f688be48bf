import { z } from 'zod';
import { readOf, settingsOf, shapeOf } from '../../registry.js';
import { frontEnds } from './kinds/registry.js';
import { segmentSettings } from './segment-settings.js';
import { binCount } from './stft.js';

/** Values of one clip, samples or features, at most: 256 MiB in single precision. */
export const mostValues = 2 ** 26;

/**
 * What a front end computes from samples. Left-out keys are those of the paper: |STFT| of one second at 16 kHz with a
 * 256-sample Hamming window, no compression.
 *
 * ```ts
 * featureSettings.parse({ ...featurePresets.pilot, seconds: 0.5 });
 * ```
 */
export const featureSettings = z
  .strictObject({
    kind: z
      .enum(frontEnds.names)
      .default('magnitude')
      .describe(frontEnds.members.map(({ name, description }) => `${name}: ${description}`).join('; ')),
    ...segmentSettings.shape,
    ...shapeOf(frontEnds),
    standardise: z
      .enum(['global', 'bin'])
      .default('global')
      .describe(
        'Mean and deviation of the training clips over everything (global) or for each bin by itself',
      ),
  })
  .superRefine((settings, context) => {
    // Values that are wrong by themselves are told first; no front end reads them.
    if (context.issues.length > 0) return;
    for (const [key, message] of Object.entries(conflicts(settings))) {
      context.addIssue({ code: 'custom', path: [key], message, input: Reflect.get(settings, key) });
    }
  });

/** `features` of a configuration: what networks are given of a clip. */
export type FeatureSettings = z.infer<typeof featureSettings>;

/** Values that are fine by themselves and do not go together: what is wrong, by the key that is to be changed. */
function conflicts(settings: FeatureSettings): Readonly<Record<string, string>> {
  const { kind, sampleRate, seconds, window, hop } = settings;
  if (window % 2 !== 0) return { window: `a window has an even number of samples; got ${window}` };
  const frontEnd = frontEnds.find(kind);
  const samples = Math.round(seconds * sampleRate);
  const values = (Math.max(0, samples - window) / hop + 1) * binCount(settings);
  return {
    ...(hop > window && {
      hop: `a hop of ${hop} samples skips some; it may be at most the window, ${window}`,
    }),
    ...(samples < 1 && { seconds: `${seconds} s at ${sampleRate} Hz is less than one sample` }),
    ...(samples > mostValues && {
      seconds: `${seconds} s at ${sampleRate} Hz are ${samples} samples; a clip has at most ${mostValues}, ${Math.floor(mostValues / sampleRate)} s`,
    }),
    ...(samples <= mostValues &&
      values > mostValues && {
        hop: `${seconds} s with a hop of ${hop} samples are ${Math.ceil(values)} values of a spectrogram; a clip has at most ${mostValues}: take a larger hop or fewer seconds`,
      }),
    ...frontEnd.conflicts(settingsOf(frontEnd, settings), settings),
  };
}

/**
 * The settings of the same features in one form, however they were written: what has no effect is at its default, and
 * what stands for another value is that value.
 */
export function effectiveFeatures(settings: FeatureSettings): FeatureSettings {
  const frontEnd = frontEnds.find(settings.kind);
  const read = readOf(frontEnds, settings.kind, settings);
  const resolved = { ...read, ...frontEnd.resolve?.(settingsOf(frontEnd, settings), settings) };
  // A key without a value, such as a channel that a flag may name, is none.
  return featureSettings.parse(
    Object.fromEntries(Object.entries(resolved).filter(([, value]) => value !== undefined)),
  );
}

/** Complete settings by name. */
export const featurePresets = {
  /** arXiv 2006.06494: `(1, 126, 129)` for a second of 16 kHz. */
  paper: featureSettings.parse({}),
  /** Small and fast, for examples: `(1, 64, 64)` for a second of 8 kHz. */
  pilot: featureSettings.parse({ sampleRate: 8000, bins: 128, pool: 2, compression: 1 / 3 }),
} as const satisfies Record<string, FeatureSettings>;
