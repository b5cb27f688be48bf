import { addWindowed } from '../../numbers/add-windowed.js';
import { mostAlike, partsOf } from '../../numbers/most-alike.js';

/** The lowest voice of which a period fits into an overlap, and into the search, in Hz. */
const LOWEST = 50;

/**
 * Faster or slower at the same pitch: overlapping windows of the sound, each taken from where the sound is most like what
 * followed the window before (WSOLA: Verhelst and Roelands 1993, ICASSP). At a factor of 1 samples stay as they are.
 *
 * @param samples shape (samples)
 * @param factor how much faster, above 0
 * @param sampleRate in Hz
 * @returns shape (round(samples / factor))
 */
export function stretch(samples: Float32Array, factor: number, sampleRate: number): Float32Array {
  // Windows of 40 ms that overlap by half; half an overlap to search in either way.
  const hop = Math.max(2, Math.round(sampleRate / LOWEST));
  const reach = Math.ceil(hop / 2);
  const window = hannWindow(2 * hop);
  const stretched = new Float32Array(Math.round(samples.length / factor));
  // The first window begins before the sound, the last one ends behind it, in silence.
  const before = hop + reach;
  const sound = new Float32Array(before + samples.length + 2 * (hop + reach));
  sound.set(samples, before);
  const parts = partsOf(sound, hop);
  const last = sound.length - 2 * hop - reach;
  let following = 0;
  for (let centre = 0; centre < stretched.length + hop; centre += hop) {
    const near = Math.min(last, before + Math.round(centre * factor) - hop);
    const start = centre === 0 ? near : mostAlike(parts, following, near, reach);
    addWindowed(stretched, centre - hop, sound, start, window);
    following = start + hop;
  }
  return stretched;
}

/** Windows that overlap by half sum to 1. */
function hannWindow(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
}
