import { expressions, type Value } from 'onnx-autograd';
import { binCount, binFrequency, powerSpectrogram } from '../stft.js';
import type { FeatureKind } from './kind.js';

const { pow, sqrt, squeeze, unsqueeze } = expressions;

/** |STFT|, neighbouring bins averaged, then raised to a power. */
export const magnitude: FeatureKind = {
  description: 'magnitude spectrogram, as in the paper; optionally pooled and compressed',
  build(samples, settings) {
    const { pool, compression } = settings;
    const bins = settings.bins ?? binCount(settings);
    let features = sqrt(powerSpectrogram(samples, settings, bins));
    if (pool > 1) features = averageNeighbours(features, pool);
    if (compression !== 1) features = pow(features, compression);
    const frequencies = Array.from({ length: bins / pool }, (_, group) =>
      binFrequency(group * pool + (pool - 1) / 2, settings),
    );
    return { features, frequencies };
  },
};

/** Averages groups along the second axis of `(batch, bins, frames)`. */
function averageNeighbours(x: Value, pool: number): Value {
  const averaged = x.graph.apply('AveragePool', [unsqueeze(x, [1])], {
    kernel_shape: [pool, 1],
    strides: [pool, 1],
  });
  return squeeze(averaged, [1]);
}
