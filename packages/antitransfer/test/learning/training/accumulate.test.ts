import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { labelled } from '../../../src/learning/training/dataset.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { learningRateSchedule } from '../../../src/learning/training/schedule.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import { smallTraining } from './small.js';

async function outcome(options: FitOptions) {
  const steps: number[] = [];
  const { session, weights, epochs } = await fit({ ...options, onBatch: ({ batch }) => steps.push(batch) });
  const done = await session.steps();
  await session.close();
  const metrics = epochs.map(({ seconds: _, ...others }) => others);
  return { weights, metrics, steps, done };
}

describe('gradients of several batches', () => {
  it('move the weights as one large batch does, and count its clips alike', async () => {
    // Without batch normalization, which looks at a batch, and dropout, which draws for one.
    const random = new Random(3);
    const shape = [1, 32, 32] as const;
    const network = buildNetwork('vgg16', { classes: 2, input: shape, width: 0.1, head: 'pooled', random });
    const clips = (count: number) => {
      const data = Float32Array.from({ length: count * 1024 }, (_, i) => random.normal() + ((i >> 10) % 2));
      return labelled(
        memoryFeatures(shape, data),
        Int32Array.from({ length: count }, (_, clip) => clip % 2),
      );
    };
    const sgd = { epochs: 2, optimizer: 'sgd', learningRate: 0.01 } as const;
    const common = { network, train: clips(12), validation: clips(6) };
    const whole = await outcome({ ...smallTraining({ ...sgd, batch: 8 }), ...common });
    const parts = await outcome({ ...smallTraining({ ...sgd, batch: 2, accumulate: 4 }), ...common });
    expect(whole.done).toBe(4);
    expect(parts.done).toBe(4);
    expect(parts.steps).toEqual([4, 6, 4, 6]);
    for (const [epoch, { train, validation, learningRate }] of whole.metrics.entries()) {
      const found = parts.metrics[epoch];
      expect(found?.learningRate).toBe(learningRate);
      expect(found?.train.crossEntropy).toBeCloseTo(train.crossEntropy, 4);
      expect(found?.train.accuracy).toBe(train.accuracy);
      expect(found?.validation.crossEntropy).toBeCloseTo(validation.crossEntropy, 3);
    }
  });

  it('go on where a training was stopped, to the same numbers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'accumulate-'));
    const options = smallTraining({ epochs: 2, batch: 2, accumulate: 2 });
    const stop = new AbortController();
    const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
      if (epoch === 2 && batch === 2) stop.abort();
    };
    await expect(fit({ ...options, folder, signal: stop.signal, onBatch })).rejects.toThrow(/abort/i);
    const found = await outcome({ ...options, folder });
    await rm(folder, { recursive: true });
    const due = await outcome(options);
    expect(found.steps).toEqual([4, 6]);
    expect(found.metrics).toEqual(due.metrics);
    expect(found.weights).toEqual(due.weights);
  });
});

describe('the learning rate of a training', () => {
  const of = (settings: object) =>
    learningRateSchedule(trainingSettings.parse({ epochs: 10, ...settings }), 7);

  it.each([
    [{}, { kind: 'cosine', steps: 70 }],
    [{ schedule: 'constant' }, { kind: 'constant' }],
    [{ warmup: 0.1 }, { kind: 'cosine', steps: 70, warmup: 7 }],
    [
      { schedule: 'constant', warmup: 0.1 },
      { kind: 'constant', warmup: 7 },
    ],
    [
      { schedule: 'linear', accumulate: 2 },
      { kind: 'linear', steps: 40 },
    ],
    [
      { schedule: 'one-cycle', warmup: 0.5 },
      { kind: 'one-cycle', steps: 70 },
    ],
  ])('%o', (settings, schedule) => expect(of(settings)).toEqual(schedule));
});
