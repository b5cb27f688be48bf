import { describe, expect, it } from 'vitest';
import { withWeights } from '../../../src/learning/networks/store.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { fit } from '../../../src/learning/training/fit.js';
import { drawClips, smallNetwork } from '../training/small.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

async function weightsAfter(
  trained: Parameters<typeof voicedTraining>[0],
  other: Partial<ReturnType<typeof voicedTraining>> = {},
) {
  const training = voicedTraining(trained, { epochs: 3, choose: 'last' });
  const { session, weights } = await fit({ ...training, ...other });
  await session.close();
  return weights;
}

const shrinking = objectives.members
  .filter(({ settings }) => 'shrinkage' in settings.shape)
  .map(({ name }) => name);

it('the two logit corrections have shrinkage', () => {
  expect(shrinking).toEqual(['frozen-logit-correction', 'logit-correction']);
});

describe.each(shrinking)('%s with shrinkage', (kind) => {
  it('leaves a training as it is, to the bit, whose clips are too few to tell dependence from chance', async () => {
    const plain = await weightsAfter([]);
    expect(await weightsAfter([smallObjective(kind, { shrinkage: true })])).toMatchObject(plain);
    expect(await weightsAfter([smallObjective(kind, { shrinkage: false })])).not.toMatchObject(plain);
  });
});

it('the logit correction with shrinkage leaves many clips as they are whose labels are independent', async () => {
  const clips = drawClips(200, 1);
  const train = { ...clips, groups: { voice: clips.labels.map((_, clip) => Math.floor(clip / 2) % 2) } };
  const plain = await weightsAfter([], { train });
  expect(
    await weightsAfter([smallObjective('logit-correction', { shrinkage: true })], { train }),
  ).toMatchObject(plain);
});

describe('corrects with shrinkage where what is heard depends on the class', () => {
  const clips = drawClips(60, 1, 3);

  it('by labels', async () => {
    const train = { ...clips, groups: { voice: clips.labels } };
    const plain = await weightsAfter([], { train });
    const shrunk = await weightsAfter([smallObjective('logit-correction', { shrinkage: true })], { train });
    expect(shrunk).not.toMatchObject(plain);
  });

  it('by the answers of a frozen network that tells the classes; of other clips, as without shrinkage', async () => {
    const plain = await weightsAfter([], { train: clips });
    const frozen = withWeights(smallNetwork(1), plain);
    const correction = (settings: object) =>
      weightsAfter([smallObjective('frozen-logit-correction', settings, { frozen })], { train: clips });
    expect(await correction({ shrinkage: true })).not.toMatchObject(plain);
    expect(await correction({ shrinkage: true, shuffled: true })).toEqual(
      await correction({ shrinkage: false, shuffled: true }),
    );
  });
});
