import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveFeatures, featureSettings } from '../../../src/data/features/settings.js';
import { settingsKey } from '../../../src/data/features/store/clip-keys.js';
import { shortDigest } from '../../../src/files/digest.js';
import { corrections } from '../../../src/learning/corrections/registry.js';
import type { Network } from '../../../src/learning/networks/network.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork } from '../../../src/learning/networks/store.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { trainedWeights } from '../../../src/learning/training/programs.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { methodsOf } from '../../../src/runs/config/methods.js';
import { networkSettings } from '../../../src/runs/config/schema.js';
import type { PreparedData, PreparedSet } from '../../../src/runs/data/prepare.js';
import { networkOf } from '../../../src/runs/plan/network.js';
import { planJobs } from '../../../src/runs/plan/plan-jobs.js';
import { jobSchema } from '../../../src/runs/store/job.js';
import { Store } from '../../../src/runs/store/store.js';
import { tinyConfig } from '../tiny.js';

let root: string;
let store: Store;
let network: Network;
const shape = [1, 12, 16] as const;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'digest-'));
  store = new Store(join(root, 'store'));
  network = await networkOf(networkSettings.parse({ width: 0.25 }), shape, 2);
  for (const [i, name] of ['one', 'two'].entries()) {
    const parts = { classes: 2, input: shape, width: 0.0625, random: new Random(i) };
    await saveNetwork(join(root, `${name}.onnx`), buildNetwork('vgg-small', parts));
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

const set = (name: string): PreparedSet => ({ digest: shortDigest(name), clips: [] });

/** The digests of a comparison whose clips are always the same. */
async function digestsOf(
  changes: ConfigTree,
  {
    seed = 1,
    training = {},
    probed = 'probed',
  }: { seed?: number; training?: ConfigTree; probed?: string } = {},
) {
  const { experiment: given } = tinyConfig('corpus', {
    orthogonal: [{ column: 'speaker' }, { column: 'room' }],
    ...changes,
  });
  // Beside what a file may give: it refuses some settings that have no effect.
  const experiment = { ...given, training: trainingSettings.parse({ ...given.training, ...training }) };
  const data: Pick<PreparedData, 'classes' | 'repetitions'> = {
    classes: ['low', 'high'],
    repetitions: [
      {
        seed,
        fold: undefined,
        description: '',
        standardisation: set('sound'),
        train: set('train'),
        validation: set('validation'),
        test: set('test'),
        contradicts: new Set(),
        tasks: experiment.orthogonal.map((settings) => ({
          settings,
          classes: ['a', 'b'],
          train: set(`train ${settings.column}`),
          validation: set(`validation ${settings.column}`),
          probed: { train: set(`${probed} train`), validation: set(`${probed} validation`) },
        })),
        groups: new Map(experiment.orthogonal.map(({ name, column }) => [name, set(`groups ${column}`)])),
        corrected: new Map(methodsOf(experiment).map(({ id }) => [id, set('validation to correct by')])),
      },
    ],
  };
  const own = trainedWeights(network, []);
  const weights = new Map(methodsOf(experiment).map(({ id }) => [id, own]));
  const { tasks, methods, jobs } = await planJobs(experiment, data, store, { network, weights });
  // What is stored is what was planned: nothing is left out or filled in when it is read again.
  for (const { job } of jobs) expect(jobSchema.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
  return {
    tasks: tasks.map(({ job }) => job),
    training: methods[0]?.job,
    assessment: methods[0]?.assessment,
    correction: methods.at(-1)?.correction,
    corrected: methods.at(-1)?.job,
  };
}

it('what is of one recording is for the probe: it changes the test, and no training', async () => {
  const [before, after] = [await digestsOf({}), await digestsOf({}, { probed: 'other recordings' })];
  expect(after).toEqual({ ...before, assessment: after.assessment });
  expect(after.assessment).not.toBe(before.assessment);
});

/** Holds that every key changes a digest, or is listed as without effect and changes none. */
async function check(
  keys: readonly string[],
  alternatives: Readonly<Record<string, unknown>>,
  withoutEffect: readonly string[],
  digest: (change: ConfigTree) => Promise<unknown>,
): Promise<void> {
  expect(Object.keys(alternatives).sort()).toEqual([...keys].sort());
  const before = await digest({});
  for (const key of keys) {
    const after = await digest({ [key]: alternatives[key] });
    if (withoutEffect.includes(key)) expect(after, key).toEqual(before);
    else expect(after, key).not.toEqual(before);
  }
}

describe('features', () => {
  const keys = Object.keys(featureSettings.shape).filter((key) => key !== 'kind');
  const alternatives = {
    ...{ sampleRate: 7000, seconds: 0.3, placement: 'centre', window: 512, hop: 64, windowFunction: 'hann' },
    ...{ compression: 0.5, bins: 100, pool: 2, mels: 30, lowest: 10, highest: 3000, coefficients: 13 },
    standardise: 'bin',
    channel: 1,
  };

  it.each<['magnitude' | 'log-mel' | 'mfcc', string[]]>([
    ['magnitude', ['mels', 'lowest', 'highest', 'coefficients']],
    ['log-mel', ['compression', 'bins', 'pool', 'coefficients']],
    ['mfcc', ['compression', 'bins', 'pool']],
  ])('of %s', async (kind, withoutEffect) => {
    const base = { kind, sampleRate: 8000, seconds: 0.4, bins: 128 };
    await check(keys, alternatives, withoutEffect, (change) =>
      digestsOf({ features: { ...base, ...change } }),
    );
    // Rows of features are named by the same, but for what is done to them afterwards.
    await check(keys, alternatives, [...withoutEffect, 'standardise'], async (change) =>
      settingsKey(featureSettings.parse({ ...base, ...change })),
    );
  });

  it('whose default is given are those whose default is left out', async () => {
    const base = { sampleRate: 8000, seconds: 0.4 };
    expect(await digestsOf({ features: { ...base, bins: 129 } })).toEqual(
      await digestsOf({ features: base }),
    );
    // No channel is the mean of all: who never named one is told apart by nothing.
    expect(Object.keys(effectiveFeatures(featureSettings.parse(base)))).not.toContain('channel');
    expect(settingsKey({ ...featureSettings.parse(base), channel: undefined })).toBe(
      settingsKey(featureSettings.parse(base)),
    );
    const mel = { ...base, kind: 'mfcc' };
    expect(await digestsOf({ features: { ...mel, highest: 4000 } })).toEqual(
      await digestsOf({ features: mel }),
    );
  });
});

describe('training', () => {
  const keys = Object.keys(trainingSettings.shape).filter((key) => !['optimizer', 'choose'].includes(key));
  const alternatives = {
    ...{ epochs: 3, batch: 5, learningRate: 0.01, schedule: 'linear', weightDecay: 0.1, momentum: 0.5 },
    ...{
      clipNorm: 1,
      patience: 3,
      patienceRule: 'as-published',
      freeze: ['conv1_1*'],
      rates: { 'conv*': 0.1 },
      recompute: true,
      convolutions: 'direct',
    },
  };

  it.each<[string, string, number | null, string[]]>([
    ['adam', 'validation-loss', null, ['momentum', 'patienceRule']],
    ['adamw', 'validation-accuracy', 4, ['momentum']],
    ['sgd', 'last', null, ['patience', 'patienceRule']],
    ['sgd', 'last', 4, ['patience', 'patienceRule']],
  ])('by %s, choosing by %s with patience %s', async (optimizer, choose, patience, withoutEffect) => {
    const base = { epochs: 2, batch: 6, optimizer, choose, patience };
    await check(keys, alternatives, withoutEffect, (change) =>
      digestsOf({}, { training: { ...base, ...change } }),
    );
  });
});

describe('a network', () => {
  const keys = Object.keys(networkSettings.shape);
  const one = () => join(root, 'one.onnx');

  it('that is built', async () => {
    const alternatives = {
      ...{ name: 'vgg-small', model: one(), width: 0.04, head: 'pooled' },
      initialisation: 'as-published',
    };
    const network = { name: 'vgg16', width: 0.02 };
    await check(keys, alternatives, [], (change) => digestsOf({ network: { ...network, ...change } }));
  });

  it('that a user gave to be trained', async () => {
    const alternatives = {
      ...{ name: 'vgg16', model: join(root, 'two.onnx'), width: 0.5, head: 'wide' },
      initialisation: 'as-published',
    };
    const given = (change: ConfigTree) => digestsOf({ network: { model: one(), ...change } });
    await check(keys, alternatives, ['name', 'width', 'head', 'initialisation'], given);
  });

  it('has the head that it has anyway', async () => {
    for (const [name, head] of [
      ['vgg16', 'wide'],
      ['vgg-small', 'pooled'],
    ]) {
      expect(await digestsOf({ network: { name, head } })).toEqual(await digestsOf({ network: { name } }));
    }
  });

  it('that a user gave for an orthogonal task is tested: seed, training and built networks are nothing to it', async () => {
    const orthogonal = (change: ConfigTree = {}) => [{ column: 'speaker', model: one(), ...change }];
    const { tasks } = await digestsOf({ orthogonal: orthogonal() });
    const changes = [
      { orthogonal: orthogonal({ training: { epochs: 9, learningRate: 0.5 } }) },
      { orthogonal: orthogonal(), training: { epochs: 9, batch: 3 } },
      { orthogonal: orthogonal(), network: { width: 0.5 } },
    ];
    for (const change of changes) expect((await digestsOf(change)).tasks).toEqual(tasks);
    expect((await digestsOf({ orthogonal: orthogonal() }, { seed: 2 })).tasks).toEqual(tasks);
    const other = { orthogonal: orthogonal({ model: join(root, 'two.onnx') }) };
    expect((await digestsOf(other)).tasks).not.toEqual(tasks);
  });
});

describe('an objective', () => {
  const looks = { tap: 'conv1_1', position: 'before', orthogonal: 'room' };
  const grows = { schedule: 'linear', warmUp: 0.2 };
  const adversary = { ...{ beta: 2, schedule: 'constant', warmUp: 0.2 }, hidden: 7 };
  const dependence = { kernel: 'gaussian', normalised: false };
  const similarity = {
    ...{
      similarity: 'squared-cosine-rows',
      aggregation: 'mean',
      beta: 2,
      clips: 'auxiliary',
      shuffled: true,
    },
    ...grows,
    ...looks,
    frozenTap: 'conv2_1',
  };
  const rows: [string, ConfigTree, ConfigTree, string[]][] = [
    ['similarity', { similarity: 'squared-cosine' }, similarity, ['warmUp']],
    ['similarity', { similarity: 'squared-cosine', schedule: 'step' }, similarity, []],
    ['similarity', { similarity: 'cka' }, similarity, ['aggregation', 'warmUp']],
    ['similarity', { similarity: 'correlation' }, similarity, ['aggregation', 'warmUp']],
    ['similarity', { similarity: 'subspace' }, similarity, ['aggregation', 'warmUp']],
    ['gradient-reversal', {}, { ...adversary, ...looks, clips: 'auxiliary', conditional: true }, ['warmUp']],
    [
      'gradient-reversal',
      { schedule: 'linear' },
      { ...adversary, ...looks, clips: 'auxiliary', conditional: true },
      [],
    ],
    [
      'conditional-adversary',
      {},
      {
        ...{ ...adversary, ...looks, clips: 'batch' },
        ...{ predict: 'answers', conditional: false, shuffled: true, frozenTap: 'conv2_1' },
      },
      ['warmUp'],
    ],
    [
      'conditional-similarity',
      {},
      {
        ...{ beta: 2, ...grows, ...dependence, ...looks, clips: 'batch' },
        ...{ compare: 'answers', conditional: false, shuffled: true, frozenTap: 'conv2_1' },
      },
      ['warmUp'],
    ],
    ['coral', {}, { beta: 2, ...grows, ...looks, clips: 'auxiliary' }, ['warmUp']],
    ['mmd', {}, { beta: 2, ...grows, ...looks, clips: 'auxiliary' }, ['warmUp']],
    ['hsic', {}, { beta: 2, ...grows, ...dependence, ...looks, clips: 'auxiliary' }, ['warmUp']],
    ['balanced-sampling', {}, { over: 'group', orthogonal: 'room' }, []],
    ['balanced-sampling', { over: 'class' }, { over: 'group', orthogonal: 'room' }, ['orthogonal']],
    ['class-weights', {}, { over: 'group', power: 0.5, orthogonal: 'room' }, ['orthogonal']],
    ['class-weights', { over: 'class-group' }, { over: 'group', power: 0.5, orthogonal: 'room' }, []],
    ['group-dro', {}, { over: 'group', stepSize: 0.1, adjustment: 1, orthogonal: 'room' }, []],
    ['label-smoothing', {}, { smoothing: 0.2, orthogonal: 'room' }, ['orthogonal']],
    ['focal', {}, { gamma: 1, orthogonal: 'room' }, ['orthogonal']],
    ['vrex', {}, { beta: 2, ...grows, orthogonal: 'room' }, ['warmUp']],
    ['irm', {}, { beta: 2, ...grows, orthogonal: 'room' }, []],
  ];
  const digest = async (objective: ConfigTree, more: ConfigTree = {}) =>
    (await digestsOf({ methods: [{ id: 'one', objectives: [objective] }], ...more })).training;

  it.each(rows)('%s %o', async (kind, base, alternatives, withoutEffect) => {
    const { settings } = objectives.find(kind);
    const keys = Object.keys(settings.shape).filter((key) => key !== 'kind');
    await check(keys, alternatives, withoutEffect, (change) => digest({ kind, ...base, ...change }));
  });

  it('has a row for each kind', () => {
    expect(new Set(rows.map(([kind]) => kind))).toEqual(new Set(objectives.names));
  });

  it.each(rows.filter(([, , alternatives]) => 'tap' in alternatives))(
    '%s %o at the default tap is the same by its name, and another when the default is',
    async (kind, base) => {
      const objective = { kind, ...base };
      const named = { ...objective, tap: 'conv4_2', position: 'after', orthogonal: 'speaker' };
      expect(await digest(named)).toBe(await digest(objective));
      expect(await digest(objective, { tap: 'conv2_1' })).not.toBe(await digest(objective));
      expect(await digest(named, { tap: 'conv2_1' })).toBe(await digest(named));
    },
  );
});

describe('a correction', () => {
  const erasing = { tap: 'conv1_1', position: 'before', clips: 'batch', method: 'two', orthogonal: 'room' };
  const rows: [string, ConfigTree, ConfigTree, string[]][] = [
    ['deep-feature-reweighting', {}, { balance: 'classes', draws: 3, method: 'two', orthogonal: 'room' }, []],
    [
      'deep-feature-reweighting',
      { balance: 'none' },
      { balance: 'classes', draws: 3, method: 'two', orthogonal: 'room' },
      ['orthogonal'],
    ],
    ['leace', {}, erasing, []],
    ['inlp', {}, { iterations: 3, ...erasing }, []],
  ];
  const two = { id: 'two', objectives: [{ kind: 'focal' }] };
  const digestOf = async (correction: ConfigTree, more: ConfigTree = {}) => {
    const methods = ['no-transfer', two, { id: 'corrected', correction }];
    return digestsOf({ methods, ...more });
  };

  it.each(rows)('%s %o', async (kind, base, alternatives, withoutEffect) => {
    const keys = Object.keys(corrections.find(kind).settings.shape).filter((key) => key !== 'kind');
    const digest = async (change: ConfigTree) => (await digestOf({ kind, ...base, ...change })).correction;
    await check(keys, alternatives, withoutEffect, digest);
  });

  it('has a row for each kind', () => {
    expect(new Set(rows.map(([kind]) => kind))).toEqual(new Set(corrections.names));
  });

  it('trains nothing of its own, where it corrects what is trained anyway', async () => {
    const { training, corrected } = await digestOf({ kind: 'leace' });
    expect(corrected).toBe(training);
    const named = await digestOf({ kind: 'leace', method: 'no-transfer', tap: 'conv4_2', position: 'after' });
    expect(named).toEqual(await digestOf({ kind: 'leace' }));
  });
});

describe('what is for people, or only looked at', () => {
  it('is no part of a training', async () => {
    const before = await digestsOf({});
    const named = await digestsOf({
      name: 'other',
      orthogonal: [
        { column: 'speaker', name: 'voices' },
        { column: 'room', name: 'places' },
      ],
    });
    expect(named).toEqual(before);
    for (const change of [{ tap: 'conv1_1' }, { orthogonal: { column: 'speaker' } }]) {
      const { training, assessment } = await digestsOf(change);
      expect(training).toBe(before.training);
      expect(assessment).not.toBe(before.assessment);
    }
  });
});
