import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMethod } from '../../src/answers/describe-method.js';
import { sampleSettings } from '../../src/data/features/sample-settings.js';
import { UserError } from '../../src/errors.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { methodsOf } from '../../src/runs/config/methods.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { prepare } from '../../src/runs/data/prepare.js';
import { Store } from '../../src/runs/store/store.js';
import { numbersOf, type Ran, runTiny, tinyConfig, tinyTree, writeTiny } from './tiny.js';

let root: string;
let corpus: string;
let ran: Ran;
const notes: string[] = [];

const methods = [
  'no-transfer',
  'augmented',
  'mixup',
  'augmented-sound',
  { id: 'cka', objectives: [{ similarity: 'cka' }], augmentation: [{ kind: 'spec-augment' }] },
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'augmentation-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  ran = await runTiny(tinyConfig(corpus, { methods }), root, { onNote: (note) => notes.push(note) });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a training measured, as it is stored. */
const recordOf = (of: Ran, name: string) =>
  numbersOf(of.experiment)[name] as { kind: string; epochs: { train: object; validation: object }[] };

describe('a comparison with augmentations', () => {
  it('trains each method with its own', () => {
    const all = ['no-transfer/1', 'augmented/1', 'mixup/1', 'augmented-sound/1', 'cka/1'].map((name) =>
      recordOf(ran, name),
    );
    expect(all.map(({ kind }) => kind)).toEqual(all.map(() => 'target'));
    expect(new Set(all.map(({ epochs }) => JSON.stringify(epochs))).size).toBe(5);
  });

  it('stores the samples of training clips only, and where somebody changes them', async () => {
    const plain = tinyConfig(corpus, { methods: ['no-transfer', 'spec-augment'] }).experiment;
    const { features } = plain;
    const stored = async (store: string) => {
      return new Store(join(root, store)).features.usage(sampleSettings(features));
    };
    await prepare(plain, await drawSplits(plain), { store: new Store(join(root, 'plain')) });
    expect((await stored('plain')).files).toBe(0);
    // Whose features are there already gets them all the same.
    const { experiment: augmented } = tinyConfig(corpus, { methods: ['no-transfer', 'augmented-sound'] });
    await prepare(augmented, await drawSplits(augmented), { store: new Store(join(root, 'plain')) });
    expect((await stored('plain')).bytes).toBe((await stored('store')).bytes);
    const { bytes } = await stored('store');
    // Twelve clips of 3200 samples, with some zeros behind and an index.
    expect(bytes).toBeGreaterThan(12 * 3200 * 4);
    expect(bytes).toBeLessThan(12 * 3200 * 4 * 1.1);
  });

  it('changes windows of long clips, too', async () => {
    const { features } = tinyTree(corpus) as { features: ConfigTree };
    const config = tinyConfig(corpus, {
      features: { ...features, seconds: 0.2 },
      segments: { hop: 0.2 },
      methods: ['augmented-sound'],
    });
    const windows = await runTiny(config, root, { store: 'windows', folder: 'windows' });
    expect(recordOf(windows, 'augmented-sound/1').epochs).toHaveLength(2);
    const { bytes } = await new Store(join(root, 'windows')).features.usage(
      sampleSettings(config.experiment.features),
    );
    // Two windows of half the length each.
    expect(bytes).toBeGreaterThan(24 * 1600 * 4);
    expect(bytes).toBeLessThan(24 * 1600 * 4 * 1.2);
  });

  it('is described, method by method', () => {
    const { experiment } = tinyConfig(corpus, { methods });
    const described = methodsOf(experiment).map((method) => describeMethod(method, experiment));
    const kinds = described.map(({ augmentation }) => augmentation?.map(({ kind }) => kind));
    const own = [
      ['time-shift', 'gain', 'spec-augment'],
      ['mixup'],
      ['speed', 'reverberation', 'noise'],
      ['spec-augment'],
    ];
    expect(kinds).toEqual([undefined, ...own]);
    // What is published was so without.
    const published = (changes: ConfigTree) => {
      const { experiment: changed } = tinyConfig(corpus, { methods: ['as-published'], ...changes });
      return methodsOf(changed).map((method) => describeMethod(method, changed).published);
    };
    expect(published({})).toEqual([true]);
    expect(published({ training: { augmentation: [{ kind: 'gain' }] } })).toEqual([false]);
  });

  it('says that a frozen network is asked in every step', () => {
    const told = notes.filter((note) => /asks its frozen network about augmented clips/.test(note));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('"cka"');
  });

  it('comes to the same numbers again, where it was stopped in an epoch', async () => {
    const stop = new AbortController();
    const stopped = runTiny(tinyConfig(corpus, { methods: ['augmented', 'augmented-sound'] }), root, {
      store: 'again',
      folder: 'again',
      signal: stop.signal,
      onEvent: ({ event }) => {
        if (event.kind === 'batch' && event.epoch === 2) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    const again = await runTiny(tinyConfig(corpus, { methods: ['augmented', 'augmented-sound'] }), root, {
      store: 'again',
      folder: 'again',
    });
    for (const name of [
      'augmented/1',
      'augmented-sound/1',
      'test of augmented/1',
      'test of augmented-sound/1',
    ])
      expect(recordOf(again, name)).toEqual(recordOf(ran, name));
  }, 120_000);

  it('trains a method without where all others have it', async () => {
    const { training } = tinyTree(corpus) as { training: ConfigTree };
    const changes = {
      training: { ...training, augmentation: [{ kind: 'mixup' }] },
      methods: [{ id: 'mixed' }, { id: 'plain', augmentation: [] }],
    };
    const { trained, reused, experiment } = await runTiny(tinyConfig(corpus, changes), root, {
      folder: 'all',
    });
    // All of it is there already, under other names.
    expect(trained).toEqual([]);
    expect(reused.length).toBeGreaterThan(3);
    expect(numbersOf(experiment)['plain/1']).toEqual(numbersOf(ran.experiment)['no-transfer/1']);
    expect(numbersOf(experiment)['mixed/1']).toEqual(numbersOf(ran.experiment)['mixup/1']);
  });
});

it.each<[string, ConfigTree, RegExp]>([
  [
    'two that mix labels',
    { training: { augmentation: [{ kind: 'mixup' }, { kind: 'gain' }, { kind: 'mixup' }] } },
    /training\.augmentation\[2\].*"mixup" mixes labels, and so does "mixup" before it; leave one/s,
  ],
  [
    'of a method',
    { methods: [{ id: 'own', augmentation: [{ kind: 'mixup' }, { kind: 'mixup' }] }] },
    /methods\[0\].*mixes labels/s,
  ],
  [
    'a kind that there is not',
    { training: { augmentation: [{ kind: 'gane' }] } },
    /training\.augmentation\[0\]\.kind.*gain/s,
  ],
  [
    'of an orthogonal network',
    { orthogonal: { column: 'speaker', training: { augmentation: [{ kind: 'gain' }] } } },
    /orthogonal.*augmentation/s,
  ],
  [
    'bounds that are crossed',
    { training: { augmentation: [{ kind: 'gain', lowest: 3, highest: -3 }] } },
    /training\.augmentation\[0\]\.highest/,
  ],
])('is refused: %s', (_, change, message) => {
  expect(() => tinyConfig(corpus, change)).toThrow(UserError);
  expect(() => tinyConfig(corpus, change)).toThrow(message);
});
