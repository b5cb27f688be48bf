import { createHash } from 'node:crypto';
import { Random, sizeAt } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { balancedBatches, balancedOrder } from '../../../src/learning/objectives/balanced-order.js';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import { EpochBatches } from '../../../src/learning/training/batches.js';
import { buildPrograms } from '../../../src/learning/training/programs.js';
import { drawClips, smallNetwork } from './small.js';

const labelsOf = (...counts: number[]) =>
  Int32Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)));

describe('batches of auxiliary clips', () => {
  it.each([
    ['more than there are clips', labelsOf(3, 5), 32, 8],
    ['a class smaller than its part of the batch', labelsOf(2, 40), 16, 16],
    ['as many as there are clips', labelsOf(1, 2, 3), 6, 6],
    ['one clip', labelsOf(1), 4, 1],
  ])('hold no clip twice: %s', (_, labels, size, held) => {
    for (const epoch of [1, 2]) {
      const batches = balancedBatches(labels, { batches: 7, size }, epoch, new Random(3));
      expect(batches).toHaveLength(7);
      for (const batch of batches) {
        expect(batch).toHaveLength(held);
        expect(new Set(batch).size).toBe(held);
      }
    }
  });

  it('hold the classes equally often where there are enough clips, each clip before any comes again', () => {
    const labels = labelsOf(12, 12, 12);
    const batches = balancedBatches(labels, { batches: 3, size: 12 }, 1, new Random(3));
    for (const batch of batches) {
      for (const label of [0, 1, 2]) {
        expect(batch.filter((clip) => labels[clip] === label)).toHaveLength(4);
      }
    }
    expect(new Set(batches.flat()).size).toBe(36);
  });

  it('are the balanced order, cut, where none repeats', () => {
    const labels = labelsOf(80, 80, 80, 80, 80);
    const batches = balancedBatches(labels, { batches: 23, size: 32 }, 4, new Random(5));
    expect(batches.flat()).toEqual(balancedOrder(labels, 23 * 32, 4, new Random(5)));
    // What the same call gave before batches held no clip twice: numbers of trainings hang on it.
    const digest = createHash('sha256').update(batches.flat().join()).digest('hex').slice(0, 16);
    expect(digest).toBe('2bd3b3ca9079e0c0');
  });

  it('reach the steps of a training', async () => {
    const [train, auxiliary] = [drawClips(12, 1), drawClips(5, 2)];
    const network = smallNetwork(1);
    const penalty = antiTransfer({
      orthogonal: smallNetwork(2),
      tap: 'conv4_1',
      similarity: 'cka',
      clips: 'auxiliary',
      task: 'voice',
    });
    const objectives = [penalty];
    const programs = buildPrograms(network, { objectives, observe: [{ tap: 'conv4_1', position: 'after' }] });
    const plan = new EpochBatches(
      {
        classes: sizeAt(network.logits, 1),
        programs,
        objectives,
        train,
        auxiliary: { voice: auxiliary },
        caches: new Map(),
        batch: 8,
        epochs: 1,
        seed: 1,
      },
      1,
    );
    let steps = 0;
    for await (const { sides } of plan.read()) {
      const [, voice] = sides;
      expect([...(voice?.indices ?? [])].sort()).toEqual([0, 1, 2, 3, 4]);
      steps++;
    }
    expect(steps).toBe(2);
  });
});
