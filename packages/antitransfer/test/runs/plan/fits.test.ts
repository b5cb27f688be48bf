import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork } from '../../../src/learning/networks/store.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import { Store } from '../../../src/runs/store/store.js';
import { runTiny, tinyConfig, writeTiny } from '../tiny.js';
import { planTiny } from './tiny-plan.js';

let root: string;
let corpus: string;
let other: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fits-'));
  corpus = join(root, 'corpus');
  other = join(root, 'vgg16.onnx');
  await writeTiny(corpus);
  await saveNetwork(other, buildNetwork('vgg16', { classes: 2, input: [1, 14, 16], width: 0.25 }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What checking a configuration says before anything is computed. */
async function check(changes: ConfigTree) {
  const { experiment } = tinyConfig(corpus, changes);
  return checkMethods(experiment, await drawSplits(experiment));
}

const method = (objective: ConfigTree) => ({
  methods: ['no-transfer', { id: 'own', objectives: [objective] }],
});
const narrow = { orthogonal: { column: 'speaker', network: { width: 0.125 } } };

describe('a penalty whose maps do not fit the frozen network', () => {
  it.each([
    [
      'by channels',
      { similarity: 'squared-cosine' },
      narrow,
      'own" does not fit its networks. The penalty "squared-cosine" compares maps of 16 x 1 x 2 at conv4_2 with maps of 8 x 1 x 2',
    ],
    [
      'by channels, on auxiliary clips and rows',
      { similarity: 'squared-cosine-rows', aggregation: 'gram-batch', clips: 'auxiliary' },
      narrow,
      'compares maps of 16 x 1 x 2 at conv4_2 with maps of 8 x 1 x 2 of the frozen network',
    ],
    [
      'by pixels',
      { similarity: 'correlation', tap: 'conv4_2', frozenTap: 'conv1_1' },
      {},
      'compares maps of 1 x 2 at conv4_2 with maps of 14 x 16 of the frozen network',
    ],
    [
      'a network of another make',
      { similarity: 'correlation', tap: 'conv1_1', frozenTap: 'conv5_3' },
      { orthogonal: { column: 'speaker', model: 'OTHER' } },
      'compares maps of 14 x 16 at conv1_1 with maps of 1 x 2 of the frozen network. Use networks of the same shape, another tap, or the similarity cka',
    ],
  ])('is refused before anything is computed: %s', async (_, objective, changes, message) => {
    const given = JSON.parse(JSON.stringify(changes).replace('OTHER', other)) as ConfigTree;
    await expect(check({ ...method(objective), ...given })).rejects.toThrow(message);
  });

  it.each([
    ['cka', { similarity: 'cka', frozenTap: 'conv1_1' }],
    ['conditional-adversary', { kind: 'conditional-adversary', frozenTap: 'conv1_1' }],
    ['correlation of as many pixels', { similarity: 'correlation' }],
  ])('%s takes any other', async (_, objective) => {
    const { weights } = await check({ ...method(objective), ...narrow });
    expect([...weights.keys()]).toEqual(['no-transfer', 'own']);
  });

  it('a method that cannot start from the task’s network is refused, too', async () => {
    await expect(
      check({ methods: ['no-transfer', { id: 'own', start: 'orthogonal', objectives: [] }], ...narrow }),
    ).rejects.toThrow('No convolution of the speaker network fits the network that is to start from it');
  });
});

describe('patterns of weights', () => {
  const adversary = { kind: 'gradient-reversal', clips: 'auxiliary' };
  const training = (patterns: ConfigTree) => ({ training: { epochs: 1, batch: 6, ...patterns } });

  it.each([
    [
      'freeze',
      training({ freeze: ['convv*'] }),
      'training.freeze: "convv*" fits no weight of the network, nor of what objectives train beside it. The nearest of 26 are conv1_1.weight,',
    ],
    ['rates', training({ rates: { 'linaer*': 0.1 } }), 'are linear.weight, linear.bias, '],
    [
      'a head that no method has',
      training({ freeze: ['gradient-reversal*'] }),
      'training.freeze: "gradient-reversal*" fits no',
    ],
    [
      'running statistics, which nothing trains',
      training({ rates: { '*.norm.mean': 1 } }),
      'training.rates: "*.norm.mean" fits no',
    ],
    [
      'those of an orthogonal network',
      { orthogonal: { column: 'speaker', training: { freeze: ['conv9*'] } } },
      'orthogonal.training.freeze: "conv9*" fits no weight',
    ],
    [
      'a head, of an orthogonal network, which has none',
      {
        ...method(adversary),
        orthogonal: { column: 'speaker', training: { rates: { 'gradient-reversal*': 2 } } },
      },
      'orthogonal.training.rates: "gradient-reversal*" fits no weight',
    ],
  ])('that fit none are named with the nearest names: %s', async (_, changes, message) => {
    await expect(check(changes)).rejects.toThrow(message);
  });

  it('may be those of an objective’s own layers: they are in the trainings that have them, and in no other', async () => {
    const store = new Store(join(root, 'store'));
    const patterns = {
      rates: { 'gradient-reversal.*': 10, 'conv*': 0.5 },
      freeze: ['gradient-reversal.hidden.bias'],
    };
    const settingsOf = async (changes: ConfigTree) => {
      const { jobs, methods } = await planTiny(corpus, store, { ...method(adversary), ...changes });
      return methods.map(({ job }) => {
        const found = jobs.find(({ id }) => id === job)?.job;
        return found?.kind === 'target' ? { rates: found.training.rates, freeze: found.training.freeze } : {};
      });
    };
    expect(await settingsOf(training(patterns))).toEqual([
      { rates: { 'conv*': 0.5 }, freeze: [] },
      { rates: patterns.rates, freeze: patterns.freeze },
    ]);
    expect(await settingsOf(training({}))).toEqual([
      { rates: {}, freeze: [] },
      { rates: {}, freeze: [] },
    ]);
  });

  it('of an objective’s layers reach the training', async () => {
    const frozen = training({ freeze: ['gradient-reversal.*'], rates: { 'conv1_1.*': 0.5 } });
    const { trained } = await runTiny(tinyConfig(corpus, { ...method(adversary), ...frozen }), root);
    expect(trained).toEqual(expect.arrayContaining(['own/1', 'test of own/1']));
  }, 120_000);
});

it.each<[ConfigTree, ConfigTree, string]>([
  [
    { kind: 'time-shift', seconds: 0.03 },
    { seconds: 0.033 },
    'The method "no-transfer": time-shift: 0.03 s is less than a frame, 0.032 s: nothing would be shifted',
  ],
  [
    { kind: 'spec-augment', frequencyWidth: 0.05 },
    { frequencyWidth: 0 },
    'The method "no-transfer": spec-augment: 0.05 of 16 bins is less than one: no band would be masked',
  ],
])('an augmentation that would change nothing is refused: %j', async (augmentation, change, message) => {
  const trainingOf = (settings: ConfigTree) => ({
    training: { epochs: 2, batch: 6, augmentation: [settings] },
  });
  await expect(check(trainingOf(augmentation))).rejects.toThrow(message);
  await expect(check(trainingOf({ ...augmentation, ...change }))).resolves.toBeDefined();
});
