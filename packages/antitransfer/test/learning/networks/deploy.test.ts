import { findWeights, Random, readOnnx } from 'onnx-autograd';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { frontEnds } from '../../../src/data/features/kinds/registry.js';
import { featureSettings } from '../../../src/data/features/settings.js';
import { deployableModel } from '../../../src/learning/networks/deploy.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';

describe('a deployed model that is read back', () => {
  // The front end has matrix products and scales too: they are no weights, or a training would move them.
  it.each(frontEnds.names)(
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

it('a deployed model gives in WebAssembly what it gives in Node, standardised in double precision', async () => {
  const features = featureSettings.parse({ seconds: 0.25 });
  const { samples, frames, bins } = buildFrontEnd(features);
  const random = new Random(1);
  const network = buildNetwork('vgg-small', { classes: 3, input: [1, frames, bins], random, width: 0.25 });
  const standardisation = { mean: [0.07], deviation: [0.013] };
  const model = deployableModel(network, {
    target: 'digit',
    classes: ['a', 'b', 'c'],
    features,
    standardisation,
    method: 'none',
  });
  expect(readOnnx(model).graph.nodes.some(({ outputs }) => outputs[0]?.type === 'float64')).toBe(true);
  const noise = Float32Array.from({ length: 2 * samples }, () => 0.1 * random.normal());
  const probabilities = async (runtime: typeof native | typeof web) => {
    const session = await runtime.InferenceSession.create(model);
    const fed = new runtime.Tensor('float32', noise, [2, samples]);
    const answers = await session.run({ samples: fed } as never);
    await session.release();
    return Array.from(answers.probabilities?.data as Float32Array);
  };
  const [inNode, inWasm] = [await probabilities(native), await probabilities(web)];
  expect(inWasm).toHaveLength(6);
  for (const [i, value] of inWasm.entries()) expect(Math.abs(value - inNode[i]!)).toBeLessThan(1e-5);
});
