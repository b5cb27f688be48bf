import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { shortDigest } from '../../../src/files/digest.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import type { Dataset } from '../../../src/learning/training/dataset.js';
import { type FitExecution, fitExecution } from '../../../src/learning/training/execution.js';
import { fit } from '../../../src/learning/training/fit.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';

/** Maps large enough that ONNX Runtime shares them between threads. */
const shape = [1, 48, 48] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'execution-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function clips(count: number, seed: number): Dataset {
  const random = new Random(seed);
  const data = Float32Array.from({ length: count * 48 * 48 }, () => random.normal());
  return {
    features: memoryFeatures(shape, data),
    labels: Int32Array.from({ length: count }, (_, clip) => clip % 2),
  };
}

const network = (seed: number) =>
  buildNetwork('vgg-small', { classes: 2, input: shape, random: new Random(seed) });

/** Digest of all that a training beside a frozen network comes to. */
async function outcome(execution: Partial<FitExecution>, checkpoints?: string): Promise<string> {
  const { session, weights, epochs } = await fit({
    network: network(1),
    objectives: [
      antiTransfer({ orthogonal: network(2), tap: 'conv3_1', similarity: 'correlation', beta: 1 }),
    ],
    train: clips(20, 1),
    validation: clips(10, 2),
    settings: trainingSettings.parse({ epochs: 2, batch: 8, clipNorm: 1 }),
    execution,
    seed: 1,
    thread: 'inline',
    ...(checkpoints && { folder: join(folder, checkpoints) }),
  });
  await session.close();
  const metrics = epochs.map(({ seconds: _, ...rest }) => rest);
  expect(metrics).toHaveLength(2);
  const numbers = Object.entries(weights).map(([name, { data }]) => [
    name,
    shortDigest(new Uint8Array(data.buffer)),
  ]);
  expect(numbers.length).toBeGreaterThan(10);
  return JSON.stringify({ metrics, numbers: Object.fromEntries(numbers) });
}

describe('how a machine carries a training out changes no bit of it', () => {
  let usual: string;
  beforeAll(async () => {
    usual = await outcome({ threads: 1 });
  }, 120_000);

  it.each<[string, Partial<FitExecution>, string?]>([
    ['two threads', { threads: 2 }],
    ['three threads', { threads: 3 }],
    ['no memory for the frozen network', { threads: 1, frozenCacheMiB: 0 }],
    ['no disk either', { threads: 1, frozenCacheMiB: 0, frozenScratchMiB: 0 }],
    ['a checkpoint after every batch', { threads: 1, checkpointSeconds: 1e-6 }, 'often'],
  ])(
    '%s',
    async (_, execution, checkpoints) => {
      if ((execution.threads ?? 1) > availableParallelism())
        console.warn(`More threads than processors here (${availableParallelism()}): they take turns.`);
      expect(await outcome(execution, checkpoints)).toBe(usual);
    },
    120_000,
  );

  it('and there is nothing else that a machine may be told', () => {
    expect(Object.keys(fitExecution.shape).sort()).toEqual([
      'checkpointSeconds',
      'frozenCacheMiB',
      'frozenScratchMiB',
      'threads',
    ]);
  });
});
