import type { FeatureSettings } from './settings.js';

/** The loudest sample; 0 of none. */
export function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/**
 * Puts samples into a segment of fixed length.
 *
 * @param samples any number of them
 * @param segment where to write; what the samples do not reach is set to zero
 */
export function placeSamples(
  samples: Float32Array,
  segment: Float32Array,
  placement: FeatureSettings['placement'],
): void {
  const surplus = samples.length - segment.length;
  const shift = placement === 'centre' ? Math.trunc(surplus / 2) : 0;
  const first = Math.max(0, shift);
  segment.fill(0);
  segment.set(samples.subarray(first, first + segment.length), Math.max(0, -shift));
}
