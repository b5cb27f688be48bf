import { expressions, float32 } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { Objective, StepGraph } from '../../../src/learning/objectives/objective.js';
import { fit } from '../../../src/learning/training/fit.js';
import { drawClips } from '../training/small.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

const { mean, mul, square } = expressions;

const sgd = { optimizer: 'sgd', momentum: 0, learningRate: 0.05, epochs: 1, choose: 'last' } as const;

async function train(objective: Objective, settings: object = {}) {
  const { session, weights, epochs } = await fit(voicedTraining([objective], { ...sgd, ...settings }));
  await session.close();
  return { weights, measured: epochs.map((epoch) => epoch.train.objectives) };
}

/** The mean square of the logits, made from what `change` makes of them. */
function onLogits(change: (step: StepGraph) => ReturnType<StepGraph['at']>, weight = 1): Objective {
  return {
    name: 'logits',
    settings: {},
    term: (step) => {
      const value = mean(square(change(step)), undefined, false);
      step.measure('logits', value);
      return mul(value, weight);
    },
  };
}

const logits = (step: StepGraph) => step.at('batch', step.network.logits);
const scalar = (step: StepGraph, value: number) => step.graph.constant(float32(value));

describe.each([false, true])('in a step (activations computed again: %s)', (recompute) => {
  it('a reversed gradient is that of the negative, the numbers are the same', async () => {
    const reversed = await train(
      onLogits((step) => step.reversed(logits(step), scalar(step, 0.5))),
      { recompute },
    );
    const negative = await train(onLogits(logits, -0.5), { recompute });
    expect(reversed.measured).toEqual(negative.measured);
    for (const [name, { data }] of Object.entries(negative.weights)) {
      const own = reversed.weights[name]?.data as Float32Array;
      for (const [i, value] of (data as Float32Array).entries()) expect(own[i], name).toBeCloseTo(value, 6);
    }
    const forward = await train(onLogits(logits, 0.5), { recompute });
    expect(forward.weights['linear.weight']).not.toEqual(negative.weights['linear.weight']);
  });

  it('a constant lets no gradient pass', async () => {
    const constant = await train(
      onLogits((step) => step.constant(logits(step))),
      { recompute },
    );
    const none = await train(onLogits(logits, 0), { recompute });
    expect(constant.weights).toEqual(none.weights);
  });
});

describe.each(['gradient-reversal', 'conditional-adversary'] as const)('%s', (kind) => {
  const settings = { epochs: 12, optimizer: 'adam', learningRate: 0.01 } as const;

  it('has an adversary that learns, at full strength whatever beta is', async () => {
    const { measured, weights } = await train(
      smallObjective(kind, { beta: 0, clips: 'auxiliary' }),
      settings,
    );
    const losses = measured.map((epoch) => epoch[kind]!);
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    expect(
      Object.keys(weights)
        .filter((name) => name.startsWith(`${kind}.`))
        .sort(),
    ).toEqual(
      ['hidden.bias', 'hidden.weight', 'output.bias', 'output.weight'].map((name) => `${kind}.${name}`),
    );
  });

  it('makes the features useless to it: its loss stays higher than where they do not move', async () => {
    const last = async (beta: number) =>
      (await train(smallObjective(kind, { beta, clips: 'auxiliary' }), settings)).measured.at(-1)![kind]!;
    expect(await last(3)).toBeGreaterThan(1.1 * (await last(0)));
  });

  it('sees features of one scale where they are standardised, however large they are', async () => {
    const firstLoss = async (scale: number, standardised: boolean) => {
      const objective = smallObjective(kind, { tap: 'input', clips: 'auxiliary', standardised });
      const training = voicedTraining([objective], { ...sgd, learningRate: 1e-12 });
      const auxiliary = { ...training.auxiliary, voice: drawClips(10, 5, scale) };
      const { session, epochs } = await fit({ ...training, auxiliary });
      await session.close();
      return epochs[0]?.train.objectives[kind] ?? Number.NaN;
    };
    expect(await firstLoss(1000, true)).toBeCloseTo(await firstLoss(1, true), 3);
    expect(await firstLoss(1000, false)).toBeGreaterThan(1.5 * (await firstLoss(1, false)));
  });

  it('has a linear adversary without hidden units', async () => {
    const { weights } = await train(smallObjective(kind, { hidden: 0 }));
    expect(
      Object.keys(weights)
        .filter((name) => name.startsWith(`${kind}.`))
        .sort(),
    ).toEqual([`${kind}.output.bias`, `${kind}.output.weight`]);
  });
});

it.each([
  ['conditional-adversary', true],
  ['gradient-reversal', false],
] as const)('%s is given features times classes, or the features only', async (kind, conditional) => {
  const inputs = async (settings: object) =>
    (await train(smallObjective(kind, settings))).weights[`${kind}.hidden.weight`]?.dims;
  // 12 channels at the tap, two classes.
  expect(await inputs({})).toEqual([64, conditional ? 24 : 12]);
  expect(await inputs({ conditional: !conditional })).toEqual([64, conditional ? 12 : 24]);
});

it('the conditional adversary can predict answers, as probabilities: its loss is no less than their entropy', async () => {
  const { measured } = await train(smallObjective('conditional-adversary', { predict: 'answers', beta: 0 }));
  // Nearly ln 2 of a network that was not trained.
  expect(measured[0]!['conditional-adversary']).toBeGreaterThan(0.5);
  expect(measured[0]!['conditional-adversary']).toBeLessThan(1);
});

it('multi-task learning makes the features useful to its classifier, which reads them better than where they do not move', async () => {
  const settings = { epochs: 12, optimizer: 'adam', learningRate: 0.01 } as const;
  const looks = { clips: 'auxiliary', hidden: 0 } as const;
  const last = async (kind: 'multi-task' | 'gradient-reversal', beta: number) =>
    (await train(smallObjective(kind, { ...looks, beta }), settings)).measured.at(-1)![kind]!;
  expect(await last('multi-task', 1)).toBeLessThan(0.8 * (await last('gradient-reversal', 0)));
});
