import { expressions, float32, type Graph, type Value } from 'onnx-autograd';
import { sampleRate } from './sounds.js';

/** Frequency bands, each a pair of filters; samples of a filter and from frame to frame. */
export const bands = 48;
const window = 512;
const hop = 256;

/** Cosines, then sines, of logarithmically spaced frequencies under a Hann window. */
const filters: readonly Float32Array[] = [Math.cos, Math.sin].flatMap((wave) =>
  Array.from({ length: bands }, (_, band) => {
    const frequency = 120 * (7000 / 120) ** (band / (bands - 1));
    return Float32Array.from({ length: window }, (_, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window);
      return (hann * wave((2 * Math.PI * frequency * i) / sampleRate)) / 64;
    });
  }),
);

const floor = 1e-4;

/** A log spectrogram as ONNX nodes: `(batch, samples)` to `(batch, 1, bands, frames)`. It is part of the saved network. */
export function frontEnd(graph: Graph, samples: Value): Value {
  const { conv, unsqueeze, square, slice, add, log, mul } = expressions;
  const basis = float32(
    filters.flatMap((filter) => [...filter]),
    [2 * bands, 1, window],
  );
  const waves = square(conv(unsqueeze(samples, [1]), graph.constant(basis), undefined, { strides: [hop] }));
  const power = add(slice(waves, [0], [bands], [1]), slice(waves, [bands], [2 * bands], [1]));
  return unsqueeze(mul(add(log(add(power, floor)), 4), 0.25), [1]);
}

/** The same for one clip, to be drawn: rows of bands, values from 0 to 1. */
export function spectrogram(samples: Float32Array): { frames: number; values: Float32Array } {
  const frames = Math.floor((samples.length - window) / hop) + 1;
  const values = new Float32Array(bands * frames);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      let [real, imaginary] = [0, 0];
      const [cosine, sine] = [filters[band] as Float32Array, filters[bands + band] as Float32Array];
      for (let i = 0; i < window; i++) {
        const sample = samples[frame * hop + i] as number;
        real += sample * (cosine[i] as number);
        imaginary += sample * (sine[i] as number);
      }
      const loudness = Math.log(real ** 2 + imaginary ** 2 + floor) - Math.log(floor);
      values[band * frames + frame] = Math.min(1, loudness / 9);
    }
  }
  return { frames, values };
}
