import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { SharedData } from '../../../src/runs/data/shared-data.js';
import { planExperiment } from '../../../src/runs/plan-experiment.js';
import { Store } from '../../../src/runs/store/store.js';
import { tinyConfig, writeTiny } from '../tiny.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shared-data-'));
  await writeTiny(join(root, 'corpus'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const plan = (changes: ConfigTree, shared = new SharedData()) =>
  planExperiment(tinyConfig(join(root, 'corpus'), changes), new Store(join(root, 'store')), {
    cache: join(root, 'cache'),
    shared,
  });

/** Experiments that read other clips, labels, samples or features than the one before. */
const changes: ConfigTree[] = [
  {},
  { tap: 'conv3_1' },
  { methods: ['no-transfer', 'cdan'] },
  { methods: ['no-transfer', 'deep-feature-reweighting'] },
  { methods: ['no-transfer', { id: 'mine', correction: { kind: 'leace' } }] },
  { methods: ['no-transfer', 'augmented-sound'] },
  { orthogonal: [{ column: 'speaker' }, { column: 'room' }] },
  { features: { sampleRate: 8000, seconds: 0.3, bins: 128, pool: 8, hop: 256 } },
  { segments: { hop: 0.2 } },
  { split: { kind: 'stratified' } },
  { split: { kind: 'stratified' }, seeds: 2 },
  { split: { kind: 'stratified' }, firstSeed: 2 },
  { target: 'room' },
];

it('experiments that are planned together ask for the same jobs as each by itself', async () => {
  const shared = new SharedData();
  const seen = new Set<string>();
  for (const change of changes) {
    const [together, apart] = [await plan(change, shared), await plan(change)];
    expect(together.plan, JSON.stringify(change)).toEqual(apart.plan);
    expect(together.data.account).toEqual(apart.data.account);
    for (const { id } of together.plan.jobs) seen.add(id);
  }
  expect(seen.size).toBeGreaterThan(changes.length * 2);
}, 120_000);

it('experiments of the same data have them once', async () => {
  const shared = new SharedData();
  const repetitionsOf = async (changes: ConfigTree) => (await plan(changes, shared)).data.repetitions;
  const first = await repetitionsOf({});
  const others = [{ tap: 'conv3_1' }, { network: { width: 0.5 } }, { training: { epochs: 3 } }];
  for (const change of others) expect(await repetitionsOf(change)).toBe(first);
  expect(await repetitionsOf({ target: 'room' })).not.toBe(first);
}, 60_000);
