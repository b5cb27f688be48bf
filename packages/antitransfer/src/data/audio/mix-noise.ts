import { z } from 'zod';
import { UserError } from '../../errors.js';
import { dot } from '../../numbers/dot.js';

/** A signal-to-noise ratio in dB, as settings have it: beyond, one of the two is below what a recording holds. */
export const snrLevel = z.number().min(-100).max(100);

/**
 * Adds noise to speech at a signal-to-noise ratio: 10 log10 of the mean power of the speech over the mean power
 * of the noise, each over the whole of the speech. Noise shorter than the speech is repeated, longer noise is cut.
 * The sum is not clipped.
 *
 * @param speech shape (samples)
 * @param noiseSegment shape (noise samples), at the speech's sample rate
 * @param snr in dB
 * @returns shape (samples)
 * @throws UserError when the speech or the noise is silent, because then no ratio exists, or the ratio is absurd
 */
export function mixNoise(speech: Float32Array, noiseSegment: Float32Array, snr: number): Float32Array {
  if (!Number.isFinite(snr)) throw new UserError(`A signal-to-noise ratio is a number of dB; got ${snr}.`);
  const noise = Float32Array.from(speech, (_, i) => noiseSegment[i % noiseSegment.length] ?? 0);
  const speechPower = meanPower(speech);
  const noisePower = meanPower(noise);
  if (!(speechPower > 0)) throw new UserError(`Noise at ${snr} dB cannot be added to silence.`);
  if (!(noisePower > 0)) throw new UserError(`The noise to be added at ${snr} dB is silent.`);
  const gain = Math.sqrt(speechPower / noisePower / 10 ** (snr / 10));
  const mixed = speech.map((sample, i) => sample + gain * (noise[i] ?? 0));
  if (mixed.every(Number.isFinite)) return mixed;
  throw new UserError(`Noise at ${snr} dB is louder than numbers can say. Choose a higher ratio.`);
}

function meanPower(samples: Float32Array): number {
  return dot(samples, samples) / samples.length;
}
