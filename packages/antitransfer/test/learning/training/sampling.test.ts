import { expect, it } from 'vitest';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallNetwork, smallTraining } from './small.js';

const orthogonal = smallNetwork(2);

/** Weight 0, so that every training takes the same way and only the draws tell penalties apart. */
function sampling(name: string, tap: string): Objective {
  return antiTransfer({ name, orthogonal, tap, aggregation: 'stochastic-pairwise', beta: 0 });
}

async function measured(...objectives: Objective[]) {
  const { session, epochs } = await fit({ ...smallTraining(), objectives });
  await session.close();
  return epochs.map(({ train }) => train.objectives);
}

it('two penalties that sample channels are both measured, each on channels of its own map', async () => {
  for (const { deep, shallow } of await measured(
    sampling('deep', 'conv4_1'),
    sampling('shallow', 'conv1_1'),
  )) {
    expect(deep).toBeGreaterThan(0);
    expect(shallow).toBeGreaterThan(0);
  }
});

it('two penalties that sample channels of one map draw independently', async () => {
  for (const { a, b } of await measured(sampling('a', 'conv2_1'), sampling('b', 'conv2_1'))) {
    expect(b).not.toBe(a);
  }
});

it('a penalty that samples channels draws the same with another behind it', async () => {
  const alone = await measured(sampling('first', 'conv2_1'));
  const both = await measured(sampling('first', 'conv2_1'), sampling('second', 'conv3_1'));
  expect(both.map(({ first }) => first)).toEqual(alone.map(({ first }) => first));
});
