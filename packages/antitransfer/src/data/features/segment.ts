import { Random } from 'onnx-autograd/random';
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
  const shift = shifts[placement](samples.length - segment.length, samples);
  const first = Math.max(0, shift);
  segment.fill(0);
  segment.set(samples.subarray(first, first + segment.length), Math.max(0, -shift));
}

/** The first sample that is kept; negative: so many zeros come before the samples. Between 0 and the surplus. */
const shifts: Readonly<
  Record<FeatureSettings['placement'], (surplus: number, samples: Float32Array) => number>
> = {
  start: () => 0,
  centre: (surplus) => Math.trunc(surplus / 2),
  random: (surplus, samples) => {
    const drawn = new Random(checksum(samples)).uniform();
    return Math.sign(surplus) * Math.floor(drawn * (Math.abs(surplus) + 1));
  },
};

/** FNV-1a over the bits of samples: the same wherever and whenever they are placed. */
function checksum(samples: Float32Array): number {
  const bits = new Uint32Array(samples.length);
  new Float32Array(bits.buffer).set(samples);
  return bits.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5) >>> 0;
}
