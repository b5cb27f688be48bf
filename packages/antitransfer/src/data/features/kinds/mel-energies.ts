import { expressions, float32, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { type MelFilters, melFilters } from '../mel.js';
import type { SegmentSettings } from '../segment-settings.js';
import { powerSpectrogram } from '../stft.js';

const { log, matMul, maximum } = expressions;

/** Energies below this are raised to it, so that silence has a logarithm: -100 dB of full scale. */
const ENERGY_FLOOR = 1e-10;

/** The logarithm of the energy of a silent band. */
export const logOfSilence = Math.log(ENERGY_FLOOR);

/** By how much runtimes may compute another logarithm of silence. */
const silenceTolerance = 1e-3;

/**
 * A logarithm of energy when the sound gets louder, or a sum of such: silence stays silence, and nothing falls below it. A
 * band that was raised to the floor, and would have come up from under it, stays there.
 *
 * @param added to logarithms of what is no silence
 */
export function amplifiedLog(value: number, added: number, silence: number): number {
  return value <= silence + silenceTolerance ? silence : Math.max(value + added, silence);
}

/** What front ends with mel bands are told. */
export const melSettings = z.strictObject({
  mels: z.int().positive().default(40).describe('log-mel and mfcc: number of mel bands'),
  lowest: z
    .number()
    .nonnegative()
    .default(0)
    .describe('log-mel and mfcc: where the lowest mel band begins, in Hz'),
  highest: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('log-mel and mfcc: where the highest mel band ends, in Hz; null is half the sample rate'),
});

type MelSettings = z.infer<typeof melSettings>;

/** Where the highest band ends. */
export function melEnd(
  { highest }: Pick<MelSettings, 'highest'>,
  { sampleRate }: SegmentSettings,
): { readonly highest: number } {
  return { highest: highest ?? sampleRate / 2 };
}

/** Bands that no filter can have. */
export function melConflicts(
  settings: MelSettings,
  { sampleRate }: SegmentSettings,
): Readonly<Record<string, string>> {
  const { lowest, highest = null } = settings;
  const end = highest ?? sampleRate / 2;
  return {
    ...(end > sampleRate / 2 && {
      highest: `${end} Hz is above half the sample rate, ${sampleRate / 2} Hz`,
    }),
    ...(lowest >= end && { lowest: `${lowest} Hz is not below the highest frequency, ${end} Hz` }),
  };
}

/** `ln max(filters x |STFT|^2, 1e-10)`: `(batch, samples)` to `(batch, mels, frames)`. */
export function logMelEnergies(
  samples: Value,
  settings: MelSettings,
  segment: SegmentSettings,
): { readonly energies: Value; readonly filters: MelFilters } {
  const filters = melFilters({ ...segment, ...settings });
  const dims = [settings.mels, filters.weights.length / settings.mels];
  const weights = samples.graph.constant(float32(filters.weights, dims), 'mel.filters');
  const energies = matMul(weights, powerSpectrogram(samples, segment));
  return { energies: log(maximum(energies, ENERGY_FLOOR)), filters };
}
