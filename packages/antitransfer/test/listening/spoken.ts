/** Of what is spoken here, in Hz. */
export const RATE = 8000;

/** Where words are, in seconds: from, to. */
export type Words = readonly (readonly [number, number])[];

/** Sound that swells and fades as syllables do, and silence around. */
export function spoken(seconds: number, words: Words, loudness = 0.3): Float32Array {
  const samples = new Float32Array(Math.round(seconds * RATE));
  for (const [from, to] of words) {
    const first = Math.round(from * RATE);
    const length = Math.round(to * RATE) - first;
    for (let i = 0; i < length; i++) {
      const swell = Math.min(1, i / (0.03 * RATE), (length - i) / (0.06 * RATE));
      const syllables = 0.6 + 0.4 * Math.cos((2 * Math.PI * 5 * i) / RATE);
      samples[first + i] = loudness * swell * syllables * Math.sin((2 * Math.PI * 220 * i) / RATE);
    }
  }
  return samples;
}
