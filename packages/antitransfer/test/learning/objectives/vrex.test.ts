import { differentiate, Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { varianceOverGroups } from '../../../src/learning/objectives/vrex.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

const random = new Random(4);
const risks = Float32Array.from({ length: 9 }, () => Math.abs(random.normal()));

/** Written out: over the groups that have clips, the mean squared distance of their means from the mean of means. */
function definition(data: readonly number[], labels: readonly number[], groups: number): number {
  const means = [...Array(groups).keys()].flatMap((group) => {
    const own = data.filter((_, clip) => labels[clip] === group);
    return own.length === 0 ? [] : [own.reduce((a, b) => a + b) / own.length];
  });
  const overall = means.reduce((a, b) => a + b) / means.length;
  return means.reduce((sum, mean) => sum + (mean - overall) ** 2, 0) / means.length;
}

async function measured(labels: readonly number[], groups: number) {
  const graph = new Graph('vrex');
  const x = graph.input('x', ['clips']);
  const variance = varianceOverGroups(x, graph.input('labels', ['clips'], 'int64'), groups);
  const gradient = differentiate(graph, variance, [x]).get(x)!;
  graph.output(variance);
  graph.output(gradient);
  const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 3 });
  const answers = await session.run({
    x: new Tensor('float32', risks, [risks.length]),
    labels: new Tensor('int64', BigInt64Array.from(labels, BigInt), [labels.length]),
  });
  await session.release();
  const read = (name: string) => Array.from(answers[name]?.data as Float32Array);
  return { variance: read(variance.name)[0] ?? Number.NaN, gradient: read(gradient.name) };
}

describe('the variance over groups equals its definition in double precision, with its gradient', () => {
  it.each([
    ['two groups', [0, 1, 0, 1, 0, 1, 0, 1, 0], 2],
    ['three groups, one with a single clip', [0, 1, 0, 1, 0, 1, 2, 1, 0], 3],
    ['three groups, one absent', [0, 2, 0, 2, 0, 2, 0, 0, 2], 3],
  ])('%s', async (_name, labels, groups) => {
    const data = Array.from(risks);
    const { variance, gradient } = await measured(labels, groups);
    expect(Math.abs(variance / definition(data, labels, groups) - 1)).toBeLessThan(1e-5);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
    for (const [i, value] of gradient.entries()) {
      const by = (step: number) => definition(data.with(i, data[i]! + step), labels, groups);
      expect(value).toBeCloseTo((by(1e-5) - by(-1e-5)) / 2e-5, 5);
    }
  });

  it('is nothing for one group', async () => {
    const { variance, gradient } = await measured([1, 1, 1, 1, 1, 1, 1, 1, 1], 2);
    expect(variance).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });
});

it('in a training it pulls the risks of the groups together', async () => {
  const spreadWith = async (beta: number) => {
    const settings = { epochs: 8, optimizer: 'sgd', momentum: 0, learningRate: 0.1, choose: 'last' } as const;
    const { session, epochs } = await fit(voicedTraining([smallObjective('vrex', { beta })], settings));
    await session.close();
    return epochs.at(-1)?.train.objectives.vrex ?? Number.NaN;
  };
  expect(await spreadWith(10)).toBeLessThan((await spreadWith(0)) / 2);
});
