import { float32, Random, type Tensor } from 'onnx-autograd';
import { featureSettings } from '../../src/data/features/settings.js';
import { deployableModel } from '../../src/learning/networks/deploy.js';
import type { ModelCard } from '../../src/learning/networks/model-card.js';
import { buildNetwork } from '../../src/learning/networks/registry.js';
import { withWeights } from '../../src/learning/networks/store.js';

/**
 * An untrained model of 0.4 s at 8000 Hz whose weights are changed one by one. Without biases, so that silence is answered
 * evenly.
 */
export function modelWith(
  classes: readonly string[],
  change: (weight: number) => number,
  changes: Partial<ModelCard> = {},
): Uint8Array {
  const network = buildNetwork('vgg-small', {
    classes: classes.length,
    input: [1, 11, 16],
    random: new Random(1),
  });
  const changed = Object.fromEntries(
    network.graph.initializers.map(({ name, data }) => {
      const { data: numbers, dims } = data as Tensor;
      const own = numbers as Float32Array;
      // The normalisation stays as it is: a layer and its own are merged into one when the model is opened.
      const other = name.endsWith('.weight') ? own.map(change) : name.includes('bias') ? own.fill(0) : own;
      return [name, float32(other, dims)];
    }),
  );
  return deployableModel(withWeights(network, changed), {
    target: 'word',
    classes,
    features: featureSettings.parse({ sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 }),
    standardisation: { mean: [0], deviation: [1] },
    method: 'made for a test',
    ...changes,
  });
}
