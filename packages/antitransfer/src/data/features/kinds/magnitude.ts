import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { binCount, binFrequency, powerSpectrogram } from '../stft.js';
import { defineFrontEnd } from './definition.js';

const { pow, sqrt, squeeze, unsqueeze } = expressions;

/** |STFT|, neighbouring bins averaged, then raised to a power. */
export const magnitude = defineFrontEnd({
  name: 'magnitude',
  description: 'magnitude spectrogram',
  settings: z.strictObject({
    compression: z
      .number()
      .positive()
      .max(4)
      .default(1)
      .describe('magnitude only: exponent applied to the magnitudes; 1 leaves them, 1/3 is about loudness'),
    bins: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe(
        'magnitude only: how many of the lowest frequency bins to keep; null keeps all (window / 2 + 1)',
      ),
    pool: z.int().positive().default(1).describe('magnitude only: average this many neighbouring bins'),
  }),
  resolve: ({ bins }, segment) => ({ bins: bins ?? binCount(segment) }),
  conflicts({ bins, pool }, segment) {
    const available = binCount(segment);
    const kept = bins ?? available;
    const fitting = pool * Math.floor(kept / pool);
    const hint = fitting > 0 ? `; set bins to ${fitting}` : '';
    return {
      ...(kept > available && {
        bins: `a window of ${segment.window} samples has ${available} bins; got ${kept}`,
      }),
      ...(kept % pool !== 0 && { pool: `${kept} bins cannot be averaged in groups of ${pool}${hint}` }),
    };
  },
  create(settings, samples, segment) {
    const { pool, compression } = settings;
    const bins = settings.bins ?? binCount(segment);
    let features = sqrt(powerSpectrogram(samples, segment, bins));
    if (pool > 1) features = averageNeighbours(features, pool);
    if (compression !== 1) features = pow(features, compression);
    const frequencies = Array.from({ length: bins / pool }, (_, group) =>
      binFrequency(group * pool + (pool - 1) / 2, segment),
    );
    return { features, frequencies };
  },
  silence: ({ bins, pool }, segment) => new Float32Array((bins ?? binCount(segment)) / pool),
  amplify(features, factor, { compression }) {
    const compressed = factor ** compression;
    features.forEach((value, i) => {
      features[i] = value * compressed;
    });
  },
});

/** Averages groups along the second axis of `(batch, bins, frames)`. */
function averageNeighbours(x: Value, pool: number): Value {
  const averaged = x.graph.apply('AveragePool', [unsqueeze(x, [1])], {
    kernel_shape: [pool, 1],
    strides: [pool, 1],
  });
  return squeeze(averaged, [1]);
}
