import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { standardise } from '../../../src/data/features/standardise.js';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import type { Network } from '../../../src/learning/networks/network.js';
import { standardised } from '../../../src/learning/networks/standardised.js';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import { evaluate } from '../../../src/learning/training/evaluate.js';
import { fit } from '../../../src/learning/training/fit.js';
import { observeMaps } from '../../../src/learning/training/observe.js';
import { drawClips, smallNetwork, smallTraining } from '../training/small.js';

const random = new Random(7);
/** Means far from zero and factors that are no powers of two: rounding would show. */
const byBin = {
  mean: Array.from({ length: 16 }, () => 3 * random.normal()),
  deviation: Array.from({ length: 16 }, () => 0.1 + random.uniform()),
};

async function numbersOf(
  wrap: (network: Network) => Network,
  clips: (count: number, seed: number) => ReturnType<typeof drawClips>,
) {
  const orthogonal = wrap(smallNetwork(2));
  const penalty = antiTransfer({ orthogonal, tap: 'conv2_1', similarity: 'cka' });
  const { session, weights, epochs } = await fit({
    ...smallTraining(),
    network: wrap(smallNetwork(1)),
    objectives: [penalty],
    train: clips(12, 1),
    validation: clips(6, 2),
  });
  const evaluation = await evaluate(session, clips(8, 3), 4);
  await session.close();
  const observed = { network: orthogonal, tap: 'conv3_1', position: 'after', batch: 4, threads: 1 } as const;
  const maps = await observeMaps(observed, [clips(8, 3)]);
  return { weights, epochs: epochs.map(({ seconds: _, ...metrics }) => metrics), evaluation, maps };
}

it.each([
  ['by bin', byBin],
  ['global', { mean: [0.7], deviation: [0.3] }],
] as const)(
  'training, evaluation, frozen network and observation see what standardised features are, to the bit (%s)',
  async (_name, standardisation) => {
    const inGraph = await numbersOf((network) => standardised(network, standardisation), drawClips);
    const inMemory = await numbersOf(
      (network) => network,
      (count, seed) => {
        const { features, labels } = drawClips(count, seed);
        const data = new Float32Array(count * 256);
        void features.read([...Array(count).keys()], data);
        standardise(data, standardisation);
        return { features: memoryFeatures([1, 16, 16], data), labels };
      },
    );
    expect(inGraph).toEqual(inMemory);
    const raw = await numbersOf((network) => network, drawClips);
    expect(inGraph.evaluation).not.toEqual(raw.evaluation);
  },
);

it('has the weights and taps of the network, and no more to train', () => {
  const network = smallNetwork(1);
  const behind = standardised(network, byBin);
  expect([...behind.taps.keys()]).toEqual([...network.taps.keys()]);
  expect(behind.input.knownShape).toEqual(network.input.knownShape);
});
