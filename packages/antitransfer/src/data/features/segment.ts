import { Random } from 'onnx-autograd/random';
import type { FeatureSettings } from './settings.js';

/**
 * The loudest sample; 0 of none. A steady offset is nothing to hear, however large: of samples that never cross zero it is how far they
 * reach from one another.
 */
export function peakOf(samples: Float32Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of samples) {
    // Not `<`: what is no number stays none.
    least = Math.min(least, sample);
    most = Math.max(most, sample);
  }
  return samples.length === 0 ? 0 : Math.min(Math.max(most, -least), most - least);
}

/** Where samples lie in a segment of fixed length, in samples. Where there are zeros nothing is cut off, and the other way round. */
export interface Place {
  /** Zeros before the samples. */
  readonly before: number;
  /** Zeros behind them. */
  readonly after: number;
  /** Of the samples' beginning that the segment does not hold. */
  readonly cutBefore: number;
  /** Of their end. */
  readonly cutAfter: number;
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
  const { before, cutBefore } = placeOf(samples, segment.length, placement);
  segment.fill(0);
  segment.set(samples.subarray(cutBefore, cutBefore + segment.length), before);
}

/** Where {@link placeSamples} puts samples. */
export function placeOf(
  samples: Float32Array,
  segment: number,
  placement: FeatureSettings['placement'],
): Place {
  if (placement !== 'random') return placeOfLength(samples.length, segment, placement);
  const surplus = samples.length - segment;
  const drawn = new Random(checksum(samples)).uniform();
  return placeAt(Math.sign(surplus) * Math.floor(drawn * (Math.abs(surplus) + 1)), surplus);
}

/** The same of so many samples, whatever they are: a random place is drawn from the samples themselves. */
export function placeOfLength(length: number, segment: number, placement: 'start' | 'centre'): Place {
  const surplus = length - segment;
  return placeAt(placement === 'start' ? 0 : Math.trunc(surplus / 2), surplus);
}

/** @param shift the first sample that is kept; negative: so many zeros come before the samples. Between 0 and the surplus */
function placeAt(shift: number, surplus: number): Place {
  return {
    before: Math.max(0, -shift),
    after: Math.max(0, shift - surplus),
    cutBefore: Math.max(0, shift),
    cutAfter: Math.max(0, surplus - shift),
  };
}

/** FNV-1a over the bits of samples: the same wherever and whenever they are placed. */
function checksum(samples: Float32Array): number {
  const bits = new Uint32Array(samples.length);
  new Float32Array(bits.buffer).set(samples);
  return bits.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5) >>> 0;
}
