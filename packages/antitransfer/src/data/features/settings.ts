import { z } from 'zod';

/** The front ends by what they compute. */
export const featureKindNames = ['magnitude', 'log-mel', 'mfcc'] as const;

/** Values of one clip, samples or features: 256 MiB in single precision, and a batch holds many clips. */
const mostValues = 2 ** 26;

const positive = z.number().positive();
const count = z.int().positive();

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
      .enum(featureKindNames)
      .default('magnitude')
      .describe(
        'magnitude: magnitude spectrogram; log-mel: natural logarithm of mel-band energies; mfcc: mel-frequency cepstral coefficients',
      ),
    sampleRate: count
      .min(1000)
      .max(192000)
      .default(16000)
      .describe('Sample rate in Hz; recordings are resampled to it'),
    seconds: positive
      .default(1)
      .describe('Length of a segment in seconds; clips are cropped to it, or padded with zeros'),
    placement: z
      .enum(['start', 'centre'])
      .default('start')
      .describe(
        'start: keep the beginning of a longer clip, pad a shorter one at its end; centre: keep the middle, pad both sides',
      ),
    window: count.min(4).max(16384).default(256).describe('Length of the analysis window in samples; even'),
    hop: count.default(128).describe('Samples from one frame to the next; at most the window'),
    windowFunction: z.enum(['hamming', 'hann']).default('hamming').describe('Shape of the analysis window'),
    compression: positive
      .max(4)
      .default(1)
      .describe('magnitude only: exponent applied to the magnitudes; 1 leaves them, 1/3 is about loudness'),
    bins: count
      .nullable()
      .default(null)
      .describe(
        'magnitude only: how many of the lowest frequency bins to keep; null keeps all (window / 2 + 1)',
      ),
    pool: count.default(1).describe('magnitude only: average this many neighbouring bins'),
    mels: count.default(40).describe('log-mel and mfcc: number of mel bands'),
    lowest: z
      .number()
      .nonnegative()
      .default(0)
      .describe('log-mel and mfcc: where the lowest mel band begins, in Hz'),
    highest: positive
      .nullable()
      .default(null)
      .describe('log-mel and mfcc: where the highest mel band ends, in Hz; null is half the sample rate'),
    coefficients: count
      .default(20)
      .describe('mfcc only: number of cepstral coefficients, the zeroth included'),
    standardise: z
      .enum(['global', 'bin'])
      .default('global')
      .describe(
        'Mean and deviation of the training clips over everything (global) or for each bin by itself',
      ),
  })
  .superRefine((settings, context) => {
    for (const { key, message } of conflicts(settings)) {
      context.addIssue({ code: 'custom', path: [key], message, input: settings[key] });
    }
  });

export type FeatureSettings = z.infer<typeof featureSettings>;
export type FeatureKindName = FeatureSettings['kind'];

interface Conflict {
  readonly key: keyof FeatureSettings;
  readonly message: string;
}

/** Values that are fine by themselves and do not go together. */
function conflicts(settings: FeatureSettings): Conflict[] {
  const { kind, sampleRate, seconds, window, hop, pool, lowest, mels, coefficients } = settings;
  if (window % 2 !== 0) {
    return [{ key: 'window', message: `a window has an even number of samples; got ${window}` }];
  }
  const available = window / 2 + 1;
  const bins = settings.bins ?? available;
  const highest = settings.highest ?? sampleRate / 2;
  const found: Conflict[] = [];
  const unless = (holds: boolean, key: keyof FeatureSettings, message: string) => {
    if (!holds) found.push({ key, message });
  };
  unless(hop <= window, 'hop', `a hop of ${hop} samples skips some; it may be at most the window, ${window}`);
  unless(
    Math.round(seconds * sampleRate) >= 1,
    'seconds',
    `${seconds} s at ${sampleRate} Hz is less than one sample`,
  );
  const samples = Math.round(seconds * sampleRate);
  const values = (Math.max(0, samples - window) / hop + 1) * available;
  unless(
    samples <= mostValues,
    'seconds',
    `${seconds} s at ${sampleRate} Hz are ${samples} samples; a clip has at most ${mostValues}, ${Math.floor(mostValues / sampleRate)} s`,
  );
  unless(
    samples > mostValues || values <= mostValues,
    'hop',
    `${seconds} s with a hop of ${hop} samples are ${Math.ceil(values)} values of a spectrogram; a clip has at most ${mostValues}: take a larger hop or fewer seconds`,
  );
  if (kind === 'magnitude') {
    unless(bins <= available, 'bins', `a window of ${window} samples has ${available} bins; got ${bins}`);
    const fitting = pool * Math.floor(bins / pool);
    const hint = fitting > 0 ? `; set bins to ${fitting}` : '';
    unless(bins % pool === 0, 'pool', `${bins} bins cannot be averaged in groups of ${pool}${hint}`);
  } else {
    unless(
      highest <= sampleRate / 2,
      'highest',
      `${highest} Hz is above half the sample rate, ${sampleRate / 2} Hz`,
    );
    unless(lowest < highest, 'lowest', `${lowest} Hz is not below the highest frequency, ${highest} Hz`);
  }
  if (kind === 'mfcc') {
    unless(
      coefficients <= mels,
      'coefficients',
      `${mels} mel bands have at most ${mels} coefficients; got ${coefficients}`,
    );
  }
  return found;
}

/** Complete settings by name. */
export const featurePresets = {
  /** arXiv 2006.06494: `(1, 126, 129)` for a second of 16 kHz. */
  paper: featureSettings.parse({}),
  /** Small and fast, for examples: `(1, 64, 64)` for a second of 8 kHz. */
  pilot: featureSettings.parse({ sampleRate: 8000, bins: 128, pool: 2, compression: 1 / 3 }),
} as const satisfies Record<string, FeatureSettings>;

/** The length of a segment in samples. */
export function segmentSamples({ seconds, sampleRate }: FeatureSettings): number {
  return Math.round(seconds * sampleRate);
}
