import { expressions, float32, Graph, int64, Random, type Tensor, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { inverseWeights } from '../../../src/learning/objectives/class-weights.js';
import { exponentiated } from '../../../src/learning/objectives/group-dro.js';
import { crossEntropyWithAll } from '../../../src/learning/objectives/label-smoothing.js';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { measured, rowsOf, slopes } from './measured.js';

const { gather } = expressions;

const listOf = (tensor: Tensor | undefined) => Array.from(tensor?.data as Float32Array);

async function train(objectives: readonly Objective[], settings: object = {}) {
  const { session, weights, epochs } = await fit(
    voicedTraining(objectives, {
      optimizer: 'sgd',
      momentum: 0,
      learningRate: 0.05,
      choose: 'last',
      ...settings,
    }),
  );
  await session.close();
  return { weights, epochs };
}

describe('class weights', () => {
  it('are inverse to the clips of each cell, 1 on average over the clips, and 0 without a clip', () => {
    const of = (power: number) => listOf(inverseWeights(float32([6, 2, 0, 4], [4]), power));
    // Of 12 clips in three cells each counts as 12 / 3.
    expect(of(1)).toEqual([4 / 6, 2, 0, 1].map(Math.fround));
    expect(of(0)).toEqual([1, 1, 0, 1]);
    const half = of(0.5);
    expect(half[1]! / half[0]!).toBeCloseTo(Math.sqrt(3), 6);
    expect((6 * half[0]! + 2 * half[1]! + 4 * half[3]!) / 12).toBeCloseTo(1, 6);
  });

  const { train: clips } = voicedTraining([]);
  const classes = { labels: clips.labels, groups: clips.groups! };

  it.each([
    ['class', [6, 6]],
    ['group', [6, 6]],
    ['class-group', [4, 2, 2, 4]],
  ])('over %s count the training clips of each', (over, counts) => {
    const fed = smallObjective('class-weights', { over }).clipFeeds!(classes, 2);
    const total = 12 / counts.length;
    expect(listOf(fed.weights)).toEqual(counts.map((count) => Math.fround(total / count)));
  });

  it('weigh the loss: a step is that of the weighted cross-entropy', async () => {
    // With one batch an epoch, clips of weight 0.75 and 1.5; a group twice in the loss pulls twice.
    const { epochs } = await train([smallObjective('class-weights', { over: 'class-group' })], {
      epochs: 1,
      batch: 12,
    });
    const risks = await clipRisks();
    const weightOf = (clip: number) => (clips.labels[clip] === classes.groups.voice![clip] ? 0.75 : 1.5);
    const wanted = risks.reduce((sum, risk, clip) => sum + weightOf(clip) * risk, 0) / 12;
    expect(epochs[0]?.train.crossEntropy).toBeCloseTo(wanted, 5);
    expect(wanted).not.toBeCloseTo(risks.reduce((a, b) => a + b) / 12, 3);
  });
});

/** The cross-entropy of each training clip before the first step, asked for by an objective a clip. */
async function clipRisks(): Promise<number[]> {
  const order = [...Array(12).keys()];
  const asks: Objective = {
    name: 'asks',
    settings: {},
    order: () => order,
    term: (step) => {
      const risks = step.crossEntropy();
      for (const clip of order) {
        step.measure(`risk.${clip}`, gather(risks, step.graph.constant(int64(clip), 'clip'), 0));
      }
      return step.graph.constant(float32(0), 'nothing');
    },
  };
  const { epochs } = await train([asks], { epochs: 1, batch: 12 });
  return order.map((clip) => epochs[0]!.train.objectives[`risk.${clip}`]!);
}

describe('GroupDRO', () => {
  it('raises weights by exp(gain), 1 in all, and gives none to what has no clips', async () => {
    const graph = new Graph('weights');
    const [weights, gains, clips] = ['weights', 'gains', 'clips'].map((name) => graph.input(name, [4]));
    graph.output(exponentiated(weights!, gains!, clips!));
    const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 3 });
    const of = (list: number[]) => new RuntimeTensor('float32', Float32Array.from(list), [4]);
    const feeds = {
      weights: of([0.1, 0.2, 0.3, 0.4]),
      gains: of([1, -2, 200, 0.5]),
      clips: of([3, 1, 0, 2]),
    };
    const answer = await session.run(feeds);
    await session.release();
    const raised = [0.1 * Math.exp(1), 0.2 * Math.exp(-2), 0, 0.4 * Math.exp(0.5)];
    const total = raised.reduce((a, b) => a + b);
    const [name] = session.outputNames;
    for (const [i, value] of Array.from(answer[name!]!.data as Float32Array).entries())
      expect(value).toBeCloseTo(raised[i]! / total, 6);
  });

  const { train: clips } = voicedTraining([]);
  const cells = Array.from(clips.labels, (label, clip) => 2 * label + clips.groups!.voice![clip]!);

  it.each([0, 0.7])('one step weighs groups by their first losses (adjustment %d)', async (adjustment) => {
    const objective = smallObjective('group-dro', { stepSize: 0.5, adjustment });
    const { weights, epochs } = await train([objective], { epochs: 1, batch: 12 });
    const risks = await clipRisks();
    const losses = [0, 1, 2, 3].map((cell) => {
      const own = risks.filter((_, clip) => cells[clip] === cell);
      return { mean: own.reduce((a, b) => a + b) / own.length, clips: own.length };
    });
    const raised = losses.map((cell) => Math.exp(0.5 * (cell.mean + adjustment / Math.sqrt(cell.clips))));
    const total = raised.reduce((a, b) => a + b);
    const wanted = raised.map((value) => value / total);
    const own = listOf(weights['group-dro.weights']);
    for (const [cell, value] of own.entries()) expect(value).toBeCloseTo(wanted[cell]!, 5);
    const robust = losses.reduce((sum, cell, i) => sum + wanted[i]! * cell.mean, 0);
    expect(epochs[0]?.train.objectives['group-dro']).toBeCloseTo(robust, 5);
    expect(epochs[0]?.train.crossEntropy).toBeCloseTo(robust, 5);
  });

  it('carries weights on: they move away from equal with every epoch', async () => {
    const spreadAfter = async (epochs: number) => {
      const own = listOf(
        (await train([smallObjective('group-dro')], { epochs })).weights['group-dro.weights'],
      );
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      return Math.max(...own) - Math.min(...own);
    };
    const [one, four] = [await spreadAfter(1), await spreadAfter(4)];
    expect(four).toBeGreaterThan(one);
  });
});

describe.each(['class-weights', 'group-dro'] as const)('%s', (kind) => {
  it.each(['class', 'group', 'class-group'])(
    'over %s: with activations computed again the same',
    async (over) => {
      const objective = smallObjective(kind, { over });
      expect(objective.groups).toEqual(over === 'class' ? [] : ['voice']);
      const [kept, again] = [await train([objective]), await train([objective], { recompute: true })];
      for (const [name, { data }] of Object.entries(kept.weights)) {
        const other = listOf(again.weights[name]);
        for (const [i, value] of Array.from(data as Float32Array).entries()) {
          expect(Number.isFinite(value)).toBe(true);
          expect(other[i], name).toBeCloseTo(value, 5);
        }
      }
    },
  );
});

describe('label smoothing', () => {
  const random = new Random(4);
  const [count, classes] = [5, 3];
  const x = Float32Array.from({ length: count * classes }, () => 2 * random.normal());
  const definition = (data: readonly number[]) => {
    const risks = rowsOf(data, classes).flatMap((logits) => {
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      return logits.map((logit) => Math.log(total) - logit);
    });
    return risks.reduce((a, b) => a + b) / risks.length;
  };

  it('is the cross-entropy with all classes, with its gradient', async () => {
    const { value, gradient } = await measured({ x, dims: [count, classes] }, crossEntropyWithAll);
    expect(value).toBeCloseTo(definition(Array.from(x)), 5);
    expect(relativeDistance(gradient, slopes(Array.from(x), definition))).toBeLessThan(1e-4);
  });

  it('of 0 changes nothing, and of 1 nothing is learned of the labels', async () => {
    const settings = { epochs: 8, batch: 12 };
    const plain = await train([], settings);
    const none = await train([smallObjective('label-smoothing', { smoothing: 0 })], settings);
    expect(none.epochs.at(-1)?.train.crossEntropy).toBeCloseTo(plain.epochs.at(-1)!.train.crossEntropy, 5);
    const all = await train([smallObjective('label-smoothing', { smoothing: 1 })], settings);
    expect(all.epochs.at(-1)?.train.objectives['label-smoothing']).toBeLessThan(
      plain.epochs[0]!.train.crossEntropy,
    );
    expect(all.epochs.at(-1)!.train.crossEntropy).toBeGreaterThan(
      plain.epochs.at(-1)!.train.crossEntropy + 0.05,
    );
  });
});
