import { Resampler } from './resample.js';

/** By which factors differ that can be played: a rate in Hz that has nothing to do with the samples'. */
const rate = 16_000;

/** Plays sound faster and higher, or slower and lower, as a tape does. */
export class Tape {
  #resampler: Promise<Resampler> | undefined;

  /**
   * @param factor how much faster, from 1/12 to 12
   * @returns shape (round(samples / factor)), of the factor in steps of 1/16000; the same array where that is 1
   */
  async play(samples: Float32Array, factor: number): Promise<Float32Array> {
    this.#resampler ??= Resampler.create('fastest');
    return (await this.#resampler).resample(samples, Math.round(factor * rate), rate);
  }
}

/** Replaces a segment's samples by others: fills it up with silence, or loses their end. */
export function refill(segment: Float32Array, samples: Float32Array): void {
  const kept = samples.subarray(0, segment.length);
  segment.set(kept);
  segment.fill(0, kept.length);
}
