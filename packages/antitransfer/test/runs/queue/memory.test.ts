import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { featurePresets } from '../../../src/data/features/settings.js';
import { MemoryOfJobs } from '../../../src/runs/queue/memory.js';
import type { TargetJob } from '../../../src/runs/store/job.js';
import { Store } from '../../../src/runs/store/store.js';
import { planTiny } from '../plan/tiny-plan.js';
import { writeTiny } from '../tiny.js';

let root: string;
let store: Store;
let target: TargetJob;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'memory-'));
  await writeTiny(join(root, 'corpus'));
  store = new Store(join(root, 'store'));
  const { jobs } = await planTiny(join(root, 'corpus'), store);
  const found = jobs.find(({ job }) => job.kind === 'target')?.job;
  if (found?.kind !== 'target') throw new Error('The plan has no training.');
  target = found;
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** VGG16 on 126 frames of 129 bins, as docs/performance.md has its peak memory. */
function vgg16(width: number, batch: number): TargetJob {
  const features = { ...featurePresets.paper, seconds: 1 };
  const network = { ...target.network, name: 'vgg16' as const, width, head: 'pooled' as const };
  return { ...target, features, network, tasks: [], training: { ...target.training, batch } } as TargetJob;
}

it.each([
  [1, 8, 840],
  [0.25, 16, 278],
])(
  'of VGG16 at width %d with batch %d is no less than was measured, %d MiB, and not twice that',
  async (width, batch, measured) => {
    const estimate = await new MemoryOfJobs(store, []).of(vgg16(width, batch));
    console.info(`estimated ${estimate.toFixed(0)} MiB, measured ${measured}`);
    expect(estimate).toBeGreaterThan(0.95 * measured);
    expect(estimate).toBeLessThan(2 * measured);
  },
);

it('grows with the batch', async () => {
  const memory = new MemoryOfJobs(store, []);
  expect(await memory.of(vgg16(0.25, 64))).toBeGreaterThan((await memory.of(vgg16(0.25, 16))) + 150);
});
