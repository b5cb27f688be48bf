import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { DivergedError, requireFinite } from '../../../src/learning/training/divergence.js';
import type { EpochMetrics } from '../../../src/learning/training/epoch-metrics.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { type Best, updateBest } from '../../../src/learning/training/progress.js';
import { drawClips, smallNetwork, smallTraining } from './small.js';
import { smallObjective, voicedTraining } from './small-objectives.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const small = smallTraining({ epochs: 3 });

/** The first of three epochs is the best: the validation clips have each other's labels. */
const training: FitOptions = {
  ...small,
  validation: { ...small.validation, labels: small.validation.labels.map((label) => 1 - label) },
};

async function outcome(options: FitOptions) {
  const { session, weights, bestEpoch, epochs } = await fit(options);
  await session.close();
  return { weights, bestEpoch, epochs: epochs.map(({ seconds: _, ...metrics }) => metrics) };
}

/** Trains into the third epoch, and stops behind its first batch. */
async function interrupt(): Promise<void> {
  const stop = new AbortController();
  const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
    if (epoch === 3 && batch === 1) stop.abort();
  };
  await expect(fit({ ...training, folder, signal: stop.signal, onBatch })).rejects.toThrow(/abort/i);
}

/** What a training does from here: its numbers, and how many epochs it had to train. */
async function continued(options: Partial<FitOptions> = {}) {
  let trained = 0;
  const onEpoch = () => {
    trained++;
  };
  return { ...(await outcome({ ...training, ...options, folder, onEpoch })), trained };
}

describe('a training that was stopped', () => {
  it('continues to the same numbers, bit for bit', async () => {
    const whole = await outcome(training);
    expect(whole.bestEpoch).toBeLessThan(3);
    await interrupt();
    expect(await continued()).toEqual({ ...whole, trained: 1 });
    expect(await continued()).toEqual({ ...whole, trained: 0 });
  });

  it('continues where there are no validation clips: that a mean is no number is stored, too', async () => {
    const none = drawClips(0, 2);
    const without = { ...smallTraining({ epochs: 3, choose: 'last' }), validation: none };
    const whole = await outcome(without);
    const stop = new AbortController();
    const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
      if (epoch === 3 && batch === 1) stop.abort();
    };
    await expect(fit({ ...without, folder, signal: stop.signal, onBatch })).rejects.toThrow(/abort/i);
    const trained: number[] = [];
    const onEpoch: FitOptions['onEpoch'] = ({ epoch }) => void trained.push(epoch);
    expect(await outcome({ ...without, folder, onEpoch })).toEqual(whole);
    expect(trained).toEqual([3]);
    expect(whole.epochs[0]?.validation).toEqual({ crossEntropy: Number.NaN, accuracy: Number.NaN });
  });

  it('begins anew when the best epoch is missing: another epoch’s weights are not it', async () => {
    const whole = await outcome(training);
    await interrupt();
    await rm(join(folder, `best-${whole.bestEpoch}.safetensors`));
    expect(await continued()).toEqual({ ...whole, trained: 3 });
  });

  it.each(['checkpoint', 'best'])(
    'begins anew when any part of its %s is another',
    async (which) => {
      const whole = await outcome(training);
      for (const part of ['length', 'step', 'first weight', 'last weight'] as const) {
        await interrupt();
        const name = (await readdir(folder)).find((file) => file.startsWith(which)) as string;
        const flipped = await readFile(join(folder, name));
        const place = {
          length: 3,
          step: flipped.indexOf('"step') + 8,
          'first weight': 8 + Number(flipped.readBigUInt64LE()),
          'last weight': flipped.length - 2,
        }[part];
        flipped.writeUInt8(flipped.readUInt8(place) ^ 1, place);
        await writeFile(join(folder, name), flipped);
        expect(await continued(), part).toEqual({ ...whole, trained: 3 });
        await rm(folder, { recursive: true });
      }
    },
    120_000,
  );

  it('begins anew when half of its checkpoint is there', async () => {
    const whole = await outcome(training);
    await interrupt();
    const path = join(folder, 'checkpoint.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 1000));
    expect(await continued()).toEqual({ ...whole, trained: 3 });
  });

  it('keeps one checkpoint, one best epoch and no drafts', async () => {
    const { bestEpoch } = await continued();
    expect(await readdir(folder)).toEqual([`best-${bestEpoch}.safetensors`, 'checkpoint.safetensors']);
  });

  it('may continue with other threads and other times of checkpoints', async () => {
    await interrupt();
    const execution = { checkpointSeconds: 1, frozenCacheMiB: 1, threads: 2 };
    expect(await continued({ execution })).toMatchObject({ trained: 1 });
  });

  it.each<[string, Partial<FitOptions>]>([
    ['settings', { settings: { ...training.settings, weightDecay: 0.1 } }],
    ['clips', { train: drawClips(12, 3) }],
    ['labels', { validation: { ...training.validation, labels: small.validation.labels } }],
    ['a seed', { seed: 2 }],
    ['first weights', { network: smallNetwork(2) }],
  ])('is not continued with other %s', async (_what, change) => {
    await interrupt();
    await expect(fit({ ...training, ...change, folder })).rejects.toThrow(UserError);
    await expect(fit({ ...training, ...change, folder })).rejects.toThrow(/belongs to another training/);
  });
});

describe('a training that diverges', () => {
  it('ends with the epoch and the remedy', async () => {
    const wild = smallTraining({ epochs: 1, batch: 12, optimizer: 'sgd', learningRate: 1e38 });
    await expect(fit(wild)).rejects.toThrow(DivergedError);
    await expect(fit(wild)).rejects.toThrow(
      /epoch 1, on the validation clips.*Lower training\.learningRate/s,
    );
  });

  it.each([
    [{ beta: 1e38, schedule: 'constant' }, true],
    [{ beta: 1, schedule: 'constant' }, false],
  ])(
    'names beta as the probable cause where its term dwarfs the cross-entropy: %o',
    async (settings, named) => {
      const objectives = [smallObjective('coral', settings)];
      const wild = { epochs: 1, batch: 12, optimizer: 'sgd', learningRate: named ? 1 : 1e38 } as const;
      const error = await fit(voicedTraining(objectives, wild)).then(
        () => expect.fail('it does not diverge'),
        (reason: Error) => reason,
      );
      const cause =
        /The probable cause is beta, 1e\+38 of "coral": .* times the cross-entropy\. Take a smaller one/;
      if (named) expect(error.message).toMatch(cause);
      else expect(error.message).not.toContain('beta');
    },
  );

  it('is seen by its maps too', () => {
    const answered = { clips: 'test', epoch: 4, settings: { learningRate: 1, clipNorm: 2 } } as const;
    const maps = Float32Array.of(1, Number.POSITIVE_INFINITY);
    expect(() => requireFinite({ crossEntropy: 1, maps }, answered)).toThrow(/epoch 4.*test.*Infinity/);
    expect(() => requireFinite({ crossEntropy: 1, maps: Float32Array.of(1) }, answered)).not.toThrow();
  });
});

it.each(['validation-loss', 'validation-accuracy'] as const)(
  'an epoch without a validation loss is never the best beside one with it: %s',
  (choose) => {
    const epoch = (number: number, crossEntropy: number) =>
      ({ epoch: number, validation: { crossEntropy, accuracy: 0.5 } }) as EpochMetrics;
    const first = updateBest(undefined, epoch(1, Number.NaN), choose);
    const second = updateBest(first, epoch(2, 5), choose);
    expect(second.epoch).toBe(2);
    expect(updateBest(second, epoch(3, Number.NaN), choose)).toBe<Best>(second);
  },
);

it('validation clips are asked for where they choose the epoch', async () => {
  const none = { ...training, validation: drawClips(0, 1) };
  await expect(fit(none)).rejects.toThrow(/no validation clips.*"last"/);
});
