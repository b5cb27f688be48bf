import { Random } from 'onnx-autograd';
import type { AugmentationKind } from '../../../src/learning/augmentations/registry.js';
import { mean } from '../../../src/numbers/mean.js';
import { smallAugmentation } from './small-augmentations.js';

/** A segment of noise that swells, with silence behind it. */
export function noise(samples: number): Float32Array {
  const random = new Random(4);
  const sounding = 0.75 * samples;
  return Float32Array.from({ length: samples }, (_, i) =>
    i < sounding ? (0.3 * random.normal() * (i + 100)) / sounding : 0,
  );
}

/** What an augmentation makes of samples. */
export async function heard(kind: AugmentationKind, settings: object, samples: Float32Array, clip = 1) {
  const changed = samples.slice();
  const random = new Random(clip).fork('clip');
  await smallAugmentation(kind, settings).changeSamples?.({ samples: changed, random });
  return changed;
}

/** Mean of squares. */
export const powerOf = (samples: Float32Array) => mean([...samples].map((sample) => sample ** 2));

/** Power of a sound around a frequency, as a part of the sample rate. */
export function powerAt(samples: Float32Array, frequency: number): number {
  let [cosine, sine] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    cosine += sample * Math.cos(2 * Math.PI * frequency * i);
    sine += sample * Math.sin(2 * Math.PI * frequency * i);
  }
  return cosine ** 2 + sine ** 2;
}
