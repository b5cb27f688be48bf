import { expect, it } from 'vitest';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { smallNetwork, smallTraining } from '../training/small.js';

async function outcome(options: FitOptions) {
  const { session, weights, epochs } = await fit(options);
  await session.close();
  return { weights, epochs };
}

/** The released code tried this place too, as its layer 0: whatever it gained there, no penalty was the cause. */
it('at the input a penalty compares features with themselves: it is 1, and moves nothing', async () => {
  const plain = await outcome(smallTraining());
  const penalty = antiTransfer({
    orthogonal: smallNetwork(9),
    tap: 'input',
    aggregation: 'gram-batch',
    similarity: 'squared-cosine-rows',
  });
  const { weights, epochs } = await outcome({ ...smallTraining(), objectives: [penalty] });
  for (const { train } of epochs) expect(train.objectives[penalty.name]).toBeCloseTo(1, 5);
  expect(weights).toEqual(plain.weights);
});
