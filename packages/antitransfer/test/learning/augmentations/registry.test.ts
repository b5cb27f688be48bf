import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, type Tensor } from 'onnx-autograd';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import type { Augmentation } from '../../../src/learning/augmentations/definition.js';
import { augmentations } from '../../../src/learning/augmentations/registry.js';
import { Augmentations, countRepeats } from '../../../src/learning/training/augment.js';
import { readFeatures } from '../../../src/learning/training/dataset.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { drawClips, smallTraining } from '../training/small.js';
import { smallAugmentation, smallSound } from './small-augmentations.js';

const clips = drawClips(8, 3);
let sound: Awaited<ReturnType<typeof smallSound>>;
beforeAll(async () => {
  sound = await smallSound(12);
});
afterAll(() => sound.close());

/** Features of some clips after augmentation, in an epoch. */
async function augmented(list: readonly Augmentation[], indices: readonly number[], epoch: number) {
  const augmenting = new Augmentations(list, sound);
  const [drawn = []] = countRepeats([indices]);
  const random = new Random(1).fork(`epoch ${epoch}`);
  const { shape } = clips.features;
  const features =
    (await augmenting.fromSamples(drawn, shape, random)) ?? (await readFeatures(clips, indices));
  const mixture = augmenting.change(features, drawn, random);
  return { rows: rowsOf(features), mixture };
}

/** Features of some clips as they are: of their sound, where that is changed. */
async function unchanged(indices: readonly number[], ofSound: boolean): Promise<Float32Array[]> {
  if (!ofSound) return rowsOf(await readFeatures(clips, indices));
  const same: Augmentation = { name: 'same', settings: {}, changeSamples: () => {} };
  return (await augmented([same], indices, 1)).rows;
}

function rowsOf({ data, dims }: Tensor): Float32Array[] {
  const size = data.length / (dims[0] as number);
  return Array.from({ length: dims[0] as number }, (_, i) =>
    (data as Float32Array).slice(i * size, (i + 1) * size),
  );
}

async function outcome(options: FitOptions) {
  const { session, weights, epochs } = await fit(options);
  await session.close();
  return { weights, epochs: epochs.map(({ seconds: _, ...metrics }) => metrics) };
}

describe.each(augmentations.members)('augmentation $name', ({ name: kind, ...definition }) => {
  const own = [smallAugmentation(kind)];
  const alone = !('mixesLabels' in definition);

  it('changes clips, by seed, epoch and clip only', async () => {
    const raw = await unchanged([0, 1, 2, 3], 'onSamples' in definition);
    const first = await augmented(own, [0, 1, 2, 3], 1);
    expect(await augmented(own, [0, 1, 2, 3], 1)).toEqual(first);
    const next = await augmented(own, [0, 1, 2, 3], 2);
    for (const [i, row] of first.rows.entries()) {
      expect(row.length).toBe(256);
      expect(row.every(Number.isFinite)).toBe(true);
      expect(row).not.toEqual(next.rows[i]);
    }
    expect(first.rows).not.toEqual(raw);
    expect(first.mixture === undefined).toBe(alone);
    if (!alone) return;
    // In another batch, and in another order.
    const { rows } = await augmented(own, [5, 3, 0], 1);
    expect(rows.slice(1)).toEqual([first.rows[3], first.rows[0]]);
  });

  it('changes a clip otherwise when an epoch holds it again', async () => {
    const { rows } = await augmented(own, [2, 5, 2, 6, 2, 7], 1);
    const ofOne = [rows[0], rows[2], rows[4]];
    expect(new Set(ofOne.map((row) => row?.join())).size).toBeGreaterThan(1);
  });

  it('moves weights otherwise', async () => {
    const training = smallTraining({ optimizer: 'sgd', momentum: 0, learningRate: 0.05, choose: 'last' });
    const [plain, changed] = [
      await outcome(training),
      await outcome({ ...training, augmentations: own, sound }),
    ];
    for (const { data } of Object.values(changed.weights))
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
    expect(changed.weights['conv1_1.weight']).not.toEqual(plain.weights['conv1_1.weight']);
  });

  describe('stopped in an epoch', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'augmentations-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('continues to the same numbers, and is not continued without', async () => {
      const training = { ...smallTraining(), augmentations: own, sound };
      const whole = await outcome(training);
      const stop = new AbortController();
      const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
        if (epoch === 2 && batch === 1) stop.abort();
      };
      await expect(fit({ ...training, folder, onBatch, signal: stop.signal })).rejects.toThrow(/abort/i);
      expect(await outcome({ ...training, folder })).toEqual(whole);
      await expect(fit({ ...training, augmentations: [], folder })).rejects.toThrow(/another training/);
    });
  });
});

it('several are done one after another, each with numbers of its own', async () => {
  const [shift, gain] = [smallAugmentation('time-shift'), smallAugmentation('gain')];
  const both = await augmented([shift, gain], [0, 1], 1);
  const shifted = await augmented([shift], [0, 1], 1);
  expect(both).not.toEqual(shifted);
  expect(await augmented([shift, gain], [1, 0], 1)).toEqual({
    ...both,
    rows: [...both.rows].reverse(),
  });
});

it('what changes samples needs them', async () => {
  const training = { ...smallTraining(), augmentations: [smallAugmentation('noise')] };
  await expect(fit(training)).rejects.toThrow(UserError);
  await expect(fit(training)).rejects.toThrow(/"noise" changes samples: a training needs the clips' `sound`/);
});

it('two that mix labels are refused', async () => {
  const both = [smallAugmentation('mixup'), smallAugmentation('mixup')];
  const training = { ...smallTraining(), augmentations: both };
  await expect(fit(training)).rejects.toThrow(UserError);
  await expect(fit(training)).rejects.toThrow(/"mixup" and "mixup" each mix labels; leave one/);
});
