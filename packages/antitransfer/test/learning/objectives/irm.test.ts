import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { slopesOf, squaredOverGroups } from '../../../src/learning/objectives/irm.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { measured, rowsOf, slopes } from './measured.js';

const [clips, classes] = [9, 4];
const random = new Random(4);
const x = Float32Array.from({ length: clips * classes }, () => 2 * random.normal());
const labels = [0, 1, 2, 3, 0, 1, 2, 3, 0];
const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Written out: each clip's slope by differences in the factor of its logits, then the squared mean of each group. */
function definition(data: readonly number[], groupOf: readonly number[], groups: number): number {
  const risk = (logits: readonly number[], label: number, factor: number) => {
    const scaled = logits.map((logit) => factor * logit);
    const largest = Math.max(...scaled);
    const sum = scaled.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Math.log(sum) + largest - scaled[label]!;
  };
  const slope = rowsOf(data, classes).map(
    (logits, clip) => (risk(logits, labels[clip]!, 1 + 1e-5) - risk(logits, labels[clip]!, 1 - 1e-5)) / 2e-5,
  );
  const squares = [...Array(groups).keys()].flatMap((group) => {
    const own = slope.filter((_, clip) => groupOf[clip] === group);
    return own.length === 0 ? [] : [average(own) ** 2];
  });
  return average(squares);
}

const of = (groupOf: readonly number[], groups: number) =>
  measured({ x, dims: [clips, classes], labels: { labels, groupOf } }, (logits, given) =>
    squaredOverGroups(slopesOf(logits, given('labels')), given('groupOf'), groups),
  );

describe('the squared slopes equal their definition in double precision, with their gradient', () => {
  it.each([
    ['two groups', [0, 1, 0, 1, 0, 1, 0, 1, 0], 2],
    ['three groups, one with a single clip', [0, 1, 0, 1, 0, 1, 2, 1, 0], 3],
    ['three groups, one absent', [0, 2, 0, 2, 0, 2, 0, 0, 2], 3],
  ])('%s', async (_name, groupOf, groups) => {
    const { value, gradient } = await of(groupOf, groups);
    const wanted = (data: readonly number[]) => definition(data, groupOf, groups);
    expect(Math.abs(value / wanted(Array.from(x)) - 1)).toBeLessThan(1e-4);
    expect(relativeDistance(gradient, slopes(Array.from(x), wanted, 1e-3))).toBeLessThan(1e-3);
  });
});

it('in a training it makes the slopes small', async () => {
  const slopeWith = async (beta: number) => {
    const settings = {
      epochs: 8,
      optimizer: 'sgd',
      momentum: 0,
      learningRate: 0.05,
      choose: 'last',
    } as const;
    const { session, epochs } = await fit(voicedTraining([smallObjective('irm', { beta })], settings));
    await session.close();
    return epochs.at(-1)?.train.objectives.irm ?? Number.NaN;
  };
  expect(await slopeWith(10)).toBeLessThan((await slopeWith(0)) / 2);
});
