import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

const labels = Int32Array.from({ length: 300 }, (_, clip) => (clip < 240 ? 0 : 1));
const voice = Int32Array.from({ length: 300 }, (_, clip) =>
  clip % 10 === 0 ? 1 - labels[clip]! : labels[clip]!,
);

function counts(over: string, of: (clip: number) => unknown): number[] {
  const { order } = smallObjective('balanced-sampling', { over });
  const drawn = order!({ labels, groups: { voice } }, 1, new Random(3));
  expect(drawn).toHaveLength(300);
  const found = new Map<unknown, number>();
  for (const clip of drawn) found.set(of(clip), (found.get(of(clip)) ?? 0) + 1);
  return [...found.values()];
}

it.each<[string, (clip: number) => unknown, number]>([
  ['class', (clip) => labels[clip], 150],
  ['group', (clip) => voice[clip], 150],
  ['class-group', (clip) => `${labels[clip]} ${voice[clip]}`, 75],
])('balanced sampling over %s: all come equally often, as many clips as there are', (over, of, each) => {
  const found = counts(over, of);
  expect(found).toEqual(found.map(() => each));
});

it('an epoch is drawn by the seed and the epoch only', () => {
  const { order } = smallObjective('balanced-sampling');
  const draw = (epoch: number, seed = 3) => order!({ labels, groups: { voice } }, epoch, new Random(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(2)).not.toEqual(draw(1));
  expect(draw(1, 4)).not.toEqual(draw(1));
});

it('a focal weight of 0 changes nothing but rounding', async () => {
  const losses = async (objectives: Parameters<typeof voicedTraining>[0]) => {
    const { session, epochs } = await fit(voicedTraining(objectives));
    await session.close();
    return epochs.map(({ validation }) => validation.crossEntropy);
  };
  const plain = await losses([]);
  for (const [i, loss] of (await losses([smallObjective('focal', { gamma: 0 })])).entries()) {
    expect(loss).toBeCloseTo(plain[i]!, 4);
  }
  expect((await losses([smallObjective('focal', { gamma: 2 })]))[0]).not.toBeCloseTo(plain[0]!, 4);
});
