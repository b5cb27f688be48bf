import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { meanDiscrepancy } from '../../../src/learning/objectives/mmd.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { gaussians } from './likeness-definitions.js';
import { measured, rowsOf, slopes } from './measured.js';

const [clips, n] = [9, 3];
const random = new Random(4);
const x = Float32Array.from({ length: clips * n }, () => random.normal());
const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Written out: over pairs of groups with two clips or more, the averages of the kernel over all pairs of different clips. */
function definition(data: readonly number[], labels: readonly number[], groups: number): number {
  const kernel = gaussians(rowsOf(data, n));
  const members = [...Array(groups).keys()]
    .map((group) => labels.flatMap((label, clip) => (label === group ? [clip] : [])))
    .filter((list) => list.length >= 2);
  const over = (a: readonly number[], b: readonly number[]) =>
    average(a.flatMap((i) => b.flatMap((j) => (i === j ? [] : [kernel(i, j)]))));
  const distances = members.flatMap((a, i) =>
    members.slice(i + 1).map((b) => over(a, a) + over(b, b) - 2 * over(a, b)),
  );
  return distances.length === 0 ? 0 : average(distances);
}

const of = (labels: readonly number[], groups: number) =>
  measured({ x, dims: [clips, n], labels: { labels } }, (features, given) =>
    meanDiscrepancy(features, given('labels'), groups),
  );

describe('the maximum mean discrepancy equals its definition in double precision, with its gradient', () => {
  it.each([
    ['two groups', [0, 1, 0, 1, 0, 1, 0, 1, 0], 2],
    ['three groups, one with a single clip', [0, 1, 0, 1, 0, 1, 2, 1, 0], 3],
    ['three groups, one absent', [0, 2, 0, 2, 0, 2, 0, 0, 2], 3],
    ['four groups', [0, 1, 2, 3, 0, 1, 2, 3, 0], 4],
  ])('%s', async (_name, labels, groups) => {
    const { value, gradient } = await of(labels, groups);
    const wanted = (data: readonly number[]) => definition(data, labels, groups);
    expect(value).toBeCloseTo(wanted(Array.from(x)), 5);
    expect(relativeDistance(gradient, slopes(Array.from(x), wanted))).toBeLessThan(1e-3);
  });

  it('is nothing where there are no two groups to compare', async () => {
    const { value, gradient } = await of([0, 0, 0, 0, 0, 0, 0, 0, 1], 2);
    expect(value).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });
});

it('in a training it brings the groups together', async () => {
  const discrepancyWith = async (beta: number) => {
    const settings = { epochs: 16, batch: 6, learningRate: 0.003, choose: 'last' } as const;
    const objective = smallObjective('mmd', { beta, clips: 'auxiliary' });
    const { session, epochs } = await fit(voicedTraining([objective], settings));
    await session.close();
    return epochs.at(-1)?.train.objectives.mmd ?? Number.NaN;
  };
  expect(await discrepancyWith(10)).toBeLessThan((await discrepancyWith(0)) / 2);
});
