import { expect, it } from 'vitest';
import { type ClipFeatures, memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { labelled } from '../../../src/learning/training/dataset.js';
import { fit } from '../../../src/learning/training/fit.js';
import { batchesInOrder, readAhead } from '../../../src/learning/training/read-ahead.js';
import { smallTraining } from './small.js';

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

it('makes things in order, two ahead of the one that is used and no more', async () => {
  const begun: number[] = [];
  const make = async (index: number) => {
    begun.push(index);
    // The later, the faster.
    await turns(10 - index);
    return index;
  };
  const used: number[] = [];
  for await (const index of readAhead(1, 6, make)) {
    expect(begun).toEqual([1, 2, 3, 4, 5].slice(0, used.length + 3));
    used.push(index);
  }
  expect(used).toEqual([1, 2, 3, 4, 5]);
});

it('reports what fails when its turn comes, and waits for what is under way', async () => {
  let open = 0;
  const make = async (index: number) => {
    open++;
    await turns(20);
    open--;
    if (index === 2) throw new Error('the disk');
    return index;
  };
  const used: number[] = [];
  const use = async () => {
    for await (const index of readAhead(0, 9, make)) used.push(index);
  };
  await expect(use()).rejects.toThrow('the disk');
  expect(used).toEqual([0, 1]);
  expect(open).toBe(0);
  for await (const _ of readAhead(3, 9, make)) break;
  expect(open).toBe(0);
});

it('cuts a dataset into batches, the last one short', async () => {
  const features = memoryFeatures([1, 1, 2], Float32Array.of(0, 0, 1, 1, 2, 2));
  const batches: (readonly number[])[] = [];
  for await (const { clips, features: read } of batchesInOrder(labelled(features, new Int32Array(3)), 2)) {
    expect([...(read.data as Float32Array)]).toEqual(clips.flatMap((clip) => [clip, clip]));
    expect(read.dims).toEqual([clips.length, 1, 1, 2]);
    batches.push(clips);
  }
  expect(batches).toEqual([[0, 1], [2]]);
});

it('labels are as many as rows', () => {
  expect(() => labelled(memoryFeatures([1, 1, 1], new Float32Array(2)), new Int32Array(3))).toThrow(
    /2 rows of features and 3 labels/,
  );
});

it('a training reads batches only, and gives the same numbers however late they come', async () => {
  const training = smallTraining();
  const outcome = async (options: typeof training) => {
    const { session, weights, epochs } = await fit(options);
    await session.close();
    return {
      weights,
      losses: epochs.map(({ train, validation }) => [train.crossEntropy, validation.crossEntropy]),
    };
  };
  const slow = (features: ClipFeatures, largest: { rows: number }): ClipFeatures => ({
    ...features,
    read: async (rows, into) => {
      largest.rows = Math.max(largest.rows, rows.length);
      await new Promise((resolve) => setTimeout(resolve, 7 - (rows[0] ?? 0) / 2));
      await features.read(rows, into);
    },
  });
  const largest = { rows: 0 };
  const late = {
    ...training,
    train: { ...training.train, features: slow(training.train.features, largest) },
    validation: { ...training.validation, features: slow(training.validation.features, largest) },
  };
  expect(await outcome(late)).toEqual(await outcome(training));
  expect(largest.rows).toBe(training.settings.batch);
});
