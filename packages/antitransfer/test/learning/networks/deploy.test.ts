import { findWeights, Random, readOnnx } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { featureKindNames, featureSettings } from '../../../src/data/features/settings.js';
import { deployableModel } from '../../../src/learning/networks/deploy.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';

describe('a deployed model that is read back', () => {
  // The front end has matrix products and scales too: they are no weights, or a training would move them.
  it.each(featureKindNames)(
    'with the front end %s has the network’s weights to train, and no others',
    (kind) => {
      const features = featureSettings.parse({ kind, seconds: 0.25 });
      const { output } = buildFrontEnd(features);
      const [, channels, frames, bins] = output.knownShape as [string, number, number, number];
      const network = buildNetwork('vgg-small', {
        classes: 3,
        input: [channels, frames, bins],
        random: new Random(1),
        width: 0.25,
      });
      const standardisation = { mean: new Array(bins).fill(0.5), deviation: new Array(bins).fill(2) };
      const card = { target: 'digit', classes: ['a', 'b', 'c'], features, standardisation, method: 'none' };
      const { graph } = readOnnx(deployableModel(network, card));

      const names = (values: Iterable<{ name: string }>) => [...values].map(({ name }) => name).sort();
      const own = findWeights(network.graph);
      const found = findWeights(graph);
      expect(names(found.trainable)).toEqual(names(own.trainable));
      expect(names(found.statistics)).toEqual(names(own.statistics));
      expect(found.trainable.size).toBeGreaterThan(10);
    },
  );
});
