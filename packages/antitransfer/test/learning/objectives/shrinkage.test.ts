import { describe, expect, it } from 'vitest';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { fit } from '../../../src/learning/training/fit.js';
import { drawClips } from '../training/small.js';
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
  it('leaves a training as it is, to the bit, in which nothing is confounded', async () => {
    const plain = await weightsAfter([]);
    expect(await weightsAfter([smallObjective(kind, { shrinkage: true })])).toMatchObject(plain);
    expect(await weightsAfter([smallObjective(kind, { shrinkage: false })])).not.toMatchObject(plain);
  });
});

it('the logit correction with shrinkage corrects where the orthogonal label is the class', async () => {
  const clips = drawClips(40, 1);
  const train = { ...clips, groups: { voice: clips.labels } };
  const plain = await weightsAfter([], { train });
  const shrunk = await weightsAfter([smallObjective('logit-correction', { shrinkage: true })], { train });
  expect(shrunk).not.toMatchObject(plain);
});
