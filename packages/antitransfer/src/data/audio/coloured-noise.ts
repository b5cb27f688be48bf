import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';

/** How the power of a noise falls with frequency: not at all, by 3 dB an octave, by 6. */
export const noiseColours = z.enum(['white', 'pink', 'brown']);

export type NoiseColour = z.infer<typeof noiseColours>;

/** Normal noise of a colour, of no particular loudness. */
export function colouredNoise(length: number, colour: NoiseColour, random: Random): Float32Array {
  const filter = filters[colour]();
  return Float32Array.from({ length }, () => filter(random.normal()));
}

const filters: Readonly<Record<NoiseColour, () => (white: number) => number>> = {
  white: () => (white) => white,
  pink() {
    // Paul Kellet's economical filter: three poles, within 0.5 dB of 3 dB an octave but for the lowest frequencies.
    let [slow, middle, fast] = [0, 0, 0];
    return (white) => {
      slow = 0.99765 * slow + 0.099046 * white;
      middle = 0.963 * middle + 0.2965164 * white;
      fast = 0.57 * fast + 1.0526913 * white;
      return slow + middle + fast + 0.1848 * white;
    };
  },
  brown() {
    let sum = 0;
    return (white) => {
      sum = 0.99 * sum + white;
      return sum;
    };
  },
};
