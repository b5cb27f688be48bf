import type { Random } from 'onnx-autograd/random';
import { addDelayed } from '../../numbers/add-delayed.js';

/** Reflections a second: that many, at random, sound like dense noise (Karjalainen and Järveläinen 2007, velvet noise). */
const density = 1000;

export interface Room {
  /** In which its sound falls by 60 dB, in seconds. */
  readonly decay: number;
  /** Energy of the direct sound over that of all reflections, in dB. */
  readonly directRatio: number;
}

/** One reflection: samples behind the direct sound, and its factor. */
export interface Reflection {
  readonly delay: number;
  readonly factor: number;
}

/**
 * A made room: reflections of either sign, one at random in each millisecond, that fall exponentially. No walls are modelled
 * (as the image method would), so first reflections are as any others.
 *
 * @param sampleRate in Hz
 */
export function drawReflections(
  { decay, directRatio }: Room,
  sampleRate: number,
  random: Random,
): Reflection[] {
  const reflections = Array.from({ length: Math.ceil(decay * density) }, (_, cell) => {
    const seconds = (cell + random.uniform()) / density;
    const sign = random.uniform() < 0.5 ? -1 : 1;
    return {
      delay: Math.max(1, Math.round(seconds * sampleRate)),
      factor: sign * 10 ** ((-3 * seconds) / decay),
    };
  });
  const energy = reflections.reduce((sum, { factor }) => sum + factor ** 2, 0);
  const scale = Math.sqrt(10 ** (-directRatio / 10) / energy);
  return reflections.map(({ delay, factor }) => ({ delay, factor: factor * scale }));
}

/** Adds reflections of sound to it, in place; what would be heard behind its end is lost. */
export function reverberate(sound: Float32Array, reflections: readonly Reflection[]): void {
  const direct = sound.slice();
  for (const { delay, factor } of reflections) addDelayed(sound, direct, delay, factor);
}
