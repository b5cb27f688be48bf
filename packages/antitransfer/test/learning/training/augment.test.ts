import { expressions } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import type { Augmentation, PassingClip } from '../../../src/learning/augmentations/definition.js';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import { type Dataset, readFeatures } from '../../../src/learning/training/dataset.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { mean } from '../../../src/numbers/mean.js';
import { smallNetwork, smallTraining } from './small.js';
import { smallObjective, voicedTraining } from './small-objectives.js';

const { mean: average, mul } = expressions;

/** The metrics of each epoch's training batches. */
async function trained(options: FitOptions) {
  const { session, epochs } = await fit(options);
  await session.close();
  return epochs.map(({ train }) => train);
}

function changing(name: string, change: (clip: PassingClip) => void): Augmentation {
  return { name, settings: {}, change };
}

async function rowsOf(data: Dataset): Promise<string[]> {
  const rows = Array.from(data.labels, async (_, clip) => {
    const { data: numbers } = await readFeatures(data, [clip]);
    return (numbers as Float32Array).join();
  });
  return (await Promise.all(rows)).sort();
}

it('every training clip is augmented once an epoch, and no other clip', async () => {
  const seen: string[] = [];
  const record = changing('record', ({ features }) => void seen.push(features.join()));
  const training = voicedTraining([smallObjective('similarity', { clips: 'auxiliary' })]);
  await trained({ ...training, augmentations: [record] });
  const { epochs } = training.settings;
  const expected = Array.from({ length: epochs }, () => rowsOf(training.train));
  expect(seen.sort()).toEqual((await Promise.all(expected)).flat().sort());
});

it('stored features stay as they are', async () => {
  const training = smallTraining({ epochs: 1 });
  const before = await rowsOf(training.train);
  await trained({ ...training, augmentations: [changing('silence', ({ features }) => features.fill(0))] });
  expect(await rowsOf(training.train)).toEqual(before);
});

describe('a frozen network', () => {
  const frozen = smallNetwork(9);
  /** Reports the mean of what the frozen network answers on the batch. */
  const answer: Objective = {
    name: 'answer',
    settings: {},
    frozen: [
      {
        key: 'logits',
        clips: 'batch',
        network: frozen,
        value: frozen.logits,
        prepare: (value) => value,
        shuffled: false,
      },
    ],
    term: (step) => {
      step.measure('answer', average(step.frozen('logits'), undefined, false));
      return mul(average(step.at('batch', step.network.logits), undefined, false), 0);
    },
  };
  const training = { ...smallTraining(), objectives: [answer] };
  const answers = async (options: Partial<FitOptions> = {}) =>
    (await trained({ ...training, ...options })).map(({ objectives }) => objectives.answer);

  it('is asked about the augmented clip', async () => {
    const { features, labels } = training.train;
    const silent = memoryFeatures(features.shape, new Float32Array(labels.length * 256));
    const silence = changing('silence', ({ features: own }) => own.fill(0));
    const all = await answers({ augmentations: [silence] });
    expect(all).toEqual(await answers({ train: { features: silent, labels } }));
    expect(all).not.toEqual(await answers());
  });

  it('is asked anew in every epoch', async () => {
    const [first, second] = await answers();
    expect(second).toBeCloseTo(first as number, 5);
    const fill = changing('fill', ({ features, random }) => features.fill(10 * random.uniform()));
    const [one, other] = await answers({ augmentations: [fill] });
    expect(Math.abs((one as number) - (other as number))).toBeGreaterThan(1e-4);
  });
});

describe('mixed labels', () => {
  const training = smallTraining({ epochs: 1, batch: 12 });
  const isLoud = ({ features }: PassingClip) => mean([...features]) > 0.5;
  /** Leaves features, and says that each clip is mixed with one of the other class. */
  const claiming = (share: number): Augmentation => ({
    name: 'claim',
    settings: { share },
    mix: (batch) => ({
      partners: batch.map((clip) => batch.findIndex((other) => isLoud(other) !== isLoud(clip))),
      shares: new Float32Array(batch.length).fill(share),
    }),
  });
  const first = async (options: Partial<FitOptions>) => {
    const [train] = await trained({ ...training, ...options });
    return train?.crossEntropy as number;
  };

  it('count in their shares', async () => {
    const { features, labels } = training.train;
    const own = await first({});
    const others = await first({ train: { features, labels: labels.map((label) => 1 - label) } });
    expect(await first({ augmentations: [claiming(1)] })).toBeCloseTo(own, 5);
    expect(await first({ augmentations: [claiming(0.75)] })).toBeCloseTo(0.75 * own + 0.25 * others, 5);
    expect(Math.abs(own - others)).toBeGreaterThan(0.01);
  });

  it('are weighted by objectives as others are', async () => {
    const focal = [smallObjective('focal', { gamma: 0 })];
    const plain = await first({ augmentations: [claiming(0.6)] });
    expect(await first({ augmentations: [claiming(0.6)], objectives: focal })).toBeCloseTo(plain, 5);
  });
});
