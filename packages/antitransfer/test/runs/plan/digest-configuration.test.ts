import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { corpusChoices } from '../../../src/data/corpora/registry.js';
import { augmentations } from '../../../src/learning/augmentations/registry.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { similarity } from '../../../src/learning/objectives/similarity.js';
import { executionSettings } from '../../../src/runs/config/execution.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { configSchema, orthogonalSettings } from '../../../src/runs/config/schema.js';
import type { Plan } from '../../../src/runs/plan/plan.js';
import { network, orthogonal, tinyComparison, training } from './tiny-comparison.js';
import { jobsOf, testsOf, trainingsOf } from './tiny-plan.js';

const { planOf, pathOf } = tinyComparison();

let base: Plan;
beforeAll(async () => {
  base = await planOf();
});

/** The tree of one penalty's method, changed. */
const penalty = (change: ConfigTree) => ({
  methods: ['no-transfer', { id: 'cka', objectives: [{ similarity: 'cka', ...change }] }],
});
/** The same with another kind of objective. */
const another = (objective: ConfigTree) => ({
  methods: ['no-transfer', { id: 'cka', objectives: [objective] }],
});
const features = (change: ConfigTree) => ({
  features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256, ...change },
});
const data = (change: ConfigTree) => ({
  data: { corpus: 'manifest', path: pathOf('corpus', 'clips.csv'), ...change },
});

/** Every setting: another value of it, and whether trainings are others then, or only their tests, or nothing. */
const table: Record<string, [() => ConfigTree, 'same' | 'tested' | 'other']> = {
  name: [() => ({ name: 'another' }), 'same'],
  preset: [() => ({ preset: 'paper' }), 'other'],
  reported: [
    () => ({ reported: { source: 'us', accuracies: [{ label: 'a', methods: ['cka'], percent: 1 }] } }),
    'same',
  ],
  'data.path': [() => data({ path: pathOf('corpus', '..', 'corpus', 'clips.csv') }), 'same'],
  'data.noise': [() => data({ noise: null }), 'same'],
  'data.snr': [() => data({ noise: pathOf('corpus'), snr: [10] }), 'other'],
  'data.noisePart': [
    () => ({
      ...data({ noise: pathOf('corpus'), snr: [10], noisePart: 0.9 }),
      ...features({ seconds: 0.3 }),
    }),
    'other',
  ],
  'data.where': [() => data({ where: { list: ['training', 'validation', 'testing'] } }), 'same'],
  'data.labels': [() => data({ labels: { digit: { rename: { low: 'deep' } } } }), 'other'],
  'data.missingLabels': [() => data({ missingLabels: 'skip' }), 'same'],
  'data.problems': [() => data({ problems: 'skip' }), 'same'],
  target: [() => ({ target: 'room' }), 'other'],
  'orthogonal.name': [() => orthogonal({ name: 'voices' }), 'same'],
  'orthogonal.column': [() => orthogonal({ column: 'room' }), 'other'],
  'orthogonal.data': [() => orthogonal(data({})), 'other'],
  'orthogonal.model': [() => orthogonal({ model: pathOf('given-1.onnx') }), 'other'],
  'orthogonal.network': [() => orthogonal({ network: { width: 0.5 } }), 'other'],
  'orthogonal.training': [() => orthogonal({ training: { epochs: 3, batch: 6 } }), 'other'],
  'orthogonal.seedOffset': [() => orthogonal({ seedOffset: 1 }), 'other'],
  'orthogonal.rare': [() => orthogonal({ rare: 'leave-out' }), 'same'],
  split: [() => ({ split: { kind: 'stratified' } }), 'other'],
  // The clips are no longer than a segment.
  segments: [() => ({ segments: {} }), 'same'],
  'features.kind': [() => ({ features: { sampleRate: 8000, seconds: 0.4, kind: 'log-mel' } }), 'other'],
  'features.sampleRate': [() => features({ sampleRate: 7000 }), 'other'],
  'features.seconds': [() => features({ seconds: 0.3 }), 'other'],
  'features.channel': [() => features({ channel: 1 }), 'other'],
  'features.placement': [() => features({ placement: 'centre' }), 'other'],
  'features.window': [() => features({ window: 512 }), 'other'],
  'features.hop': [() => features({ hop: 128 }), 'other'],
  'features.windowFunction': [() => features({ windowFunction: 'hann' }), 'other'],
  'features.compression': [() => features({ compression: 0.5 }), 'other'],
  'features.bins': [() => features({ bins: 120 }), 'other'],
  'features.pool': [() => features({ pool: 4 }), 'other'],
  'features.mels': [() => features({ mels: 30 }), 'same'],
  'features.lowest': [() => features({ lowest: 10 }), 'same'],
  'features.highest': [() => features({ highest: 3000 }), 'same'],
  'features.coefficients': [() => features({ coefficients: 13 }), 'same'],
  'features.standardise': [() => features({ standardise: 'bin' }), 'other'],
  'network.name': [() => network({ name: 'vgg16' }), 'other'],
  'network.model': [() => network({ model: pathOf('given-1.onnx') }), 'other'],
  'network.width': [() => network({ width: 0.5 }), 'other'],
  'network.head': [() => network({ head: 'wide' }), 'other'],
  'network.initialisation': [
    () => network({ name: 'vgg16', width: 0.02, initialisation: 'as-published' }),
    'other',
  ],
  tap: [() => ({ tap: 'conv1_1', methods: ['no-transfer'] }), 'tested'],
  'tap of an objective': [() => ({ tap: 'conv1_1' }), 'other'],
  position: [() => ({ position: 'before' }), 'other'],
  'training.epochs': [() => training({ epochs: 3 }), 'other'],
  'training.batch': [() => training({ batch: 5 }), 'other'],
  'training.optimizer': [() => training({ optimizer: 'sgd' }), 'other'],
  'training.learningRate': [() => training({ learningRate: 0.002 }), 'other'],
  'training.schedule': [() => training({ schedule: 'linear' }), 'other'],
  'training.weightDecay': [() => training({ weightDecay: 0.1 }), 'other'],
  'training.momentum': [() => training({ optimizer: 'sgd', momentum: 0.5 }), 'other'],
  'training.clipNorm': [() => training({ clipNorm: 1 }), 'other'],
  'training.warmup': [() => training({ warmup: 0.1 }), 'other'],
  'training.warmup of nothing': [() => training({ warmup: 0 }), 'same'],
  'training.accumulate': [() => training({ accumulate: 2 }), 'other'],
  'training.accumulate of one': [() => training({ accumulate: 1 }), 'same'],
  'training.patience': [() => training({ patience: 1 }), 'other'],
  'training.choose': [() => training({ choose: 'last' }), 'other'],
  'training.patienceRule': [() => training({ patienceRule: 'as-published' }), 'same'],
  'training.freeze': [() => training({ freeze: ['conv1_1*'] }), 'other'],
  'training.rates': [() => training({ rates: { 'conv*': 0.1 } }), 'other'],
  'training.startWeights': [() => training({ startWeights: ['conv1_*'] }), 'same'],
  'methods.startWeights': [() => started({ startWeights: ['conv1_*'] }), 'other'],
  'training.startWeights of a start': [
    () => ({ ...training({ startWeights: ['conv1_*'] }), ...started({}) }),
    'other',
  ],
  'training.recompute': [() => training({ recompute: true }), 'other'],
  'training.augmentation': [() => training({ augmentation: [{ kind: 'gain' }] }), 'other'],
  'augmentation spec-augment': [() => augmented({ kind: 'spec-augment' }), 'other'],
  'augmentation time-shift': [() => augmented({ kind: 'time-shift' }), 'other'],
  'augmentation gain': [() => augmented({ kind: 'gain' }), 'other'],
  'augmentation noise': [() => augmented({ kind: 'noise' }), 'other'],
  'augmentation reverberation': [() => augmented({ kind: 'reverberation' }), 'other'],
  'augmentation speed': [() => augmented({ kind: 'speed' }), 'other'],
  'augmentation tempo': [() => augmented({ kind: 'tempo' }), 'other'],
  'augmentation pitch': [() => augmented({ kind: 'pitch' }), 'other'],
  'augmentation mixup': [() => augmented({ kind: 'mixup' }), 'other'],
  'training.augmentation of nothing': [() => training({ augmentation: [] }), 'same'],
  'methods.augmentation': [() => labelled({ augmentation: [{ kind: 'gain' }] }), 'other'],
  'methods.augmentation of nothing': [() => labelled({ augmentation: [] }), 'same'],
  'methods.augmentation instead': [
    () => ({ ...training({ augmentation: [{ kind: 'gain' }] }), ...unchanged() }),
    'same',
  ],
  'training.convolutions': [() => training({ convolutions: 'direct' }), 'other'],
  methods: [
    () => ({ methods: ['no-transfer', { id: 'cka', start: 'orthogonal', objectives: [] }] }),
    'other',
  ],
  'methods.label': [() => labelled({ label: 'Something', description: 'Else.', control: true }), 'same'],
  'penalty.similarity': [() => penalty({ similarity: 'correlation' }), 'other'],
  'penalty.aggregation': [() => penalty({ aggregation: 'gram-batch' }), 'same'],
  'penalty.beta': [() => penalty({ beta: 2 }), 'other'],
  'penalty.schedule': [() => penalty({ schedule: 'linear' }), 'other'],
  'penalty.schedule constant': [() => penalty({ schedule: 'constant' }), 'same'],
  'penalty.warmUp': [() => penalty({ warmUp: 0.2 }), 'same'],
  'penalty.tap': [() => penalty({ tap: 'conv1_1' }), 'other'],
  'penalty.frozenTap': [() => penalty({ frozenTap: 'conv1_1' }), 'other'],
  'penalty.frozenTap of the same name': [() => penalty({ frozenTap: 'conv4_2' }), 'same'],
  'penalty.position': [() => penalty({ position: 'before' }), 'other'],
  'penalty.clips': [() => penalty({ clips: 'auxiliary' }), 'other'],
  'penalty.shuffled': [() => penalty({ shuffled: true }), 'other'],
  'penalty.orthogonal': [() => penalty({ orthogonal: 'speaker' }), 'same'],
  'penalty.kind similarity': [() => penalty({ kind: 'similarity' }), 'same'],
  'penalty.kind gradient-reversal': [() => another({ kind: 'gradient-reversal' }), 'other'],
  'penalty.kind conditional-adversary': [() => another({ kind: 'conditional-adversary' }), 'other'],
  'penalty.kind coral': [() => another({ kind: 'coral' }), 'other'],
  'penalty.kind conditional-similarity': [() => another({ kind: 'conditional-similarity' }), 'other'],
  'penalty.kind prediction-independence': [() => another({ kind: 'prediction-independence' }), 'other'],
  'penalty.kind frozen-logit-correction': [() => another({ kind: 'frozen-logit-correction' }), 'other'],
  'penalty.kind logit-correction': [() => another({ kind: 'logit-correction' }), 'other'],
  'penalty.kind mmd': [() => another({ kind: 'mmd' }), 'other'],
  'penalty.kind hsic': [() => another({ kind: 'hsic' }), 'other'],
  'penalty.kind class-weights': [() => another({ kind: 'class-weights' }), 'other'],
  'penalty.kind group-dro': [() => another({ kind: 'group-dro' }), 'other'],
  'penalty.kind label-smoothing': [() => another({ kind: 'label-smoothing' }), 'other'],
  'penalty.kind multi-task': [() => another({ kind: 'multi-task' }), 'other'],
  'penalty.kind irm': [() => another({ kind: 'irm' }), 'other'],
  'penalty.kind balanced-sampling': [() => another({ kind: 'balanced-sampling' }), 'other'],
  'penalty.kind focal': [() => another({ kind: 'focal' }), 'other'],
  'penalty.kind vrex': [() => another({ kind: 'vrex' }), 'other'],
  seeds: [() => ({ seeds: 1 }), 'same'],
  firstSeed: [() => ({ firstSeed: 2 }), 'other'],
  // Of one seed.
  splits: [() => ({ splits: 1 }), 'same'],
  firstSplit: [() => ({ firstSplit: 2 }), 'other'],
  removableThreshold: [() => ({ removableThreshold: 0.5 }), 'same'],
  device: [() => ({ device: 'webgpu' }), 'other'],
  'device cpu': [() => ({ device: 'cpu' }), 'same'],
  'execution.threads': [() => ({ execution: { threads: 2 } }), 'same'],
  'execution.frozenCacheMiB': [() => ({ execution: { frozenCacheMiB: 0 } }), 'same'],
  'execution.frozenScratchMiB': [() => ({ execution: { frozenScratchMiB: 0 } }), 'same'],
  'execution.checkpointSeconds': [() => ({ execution: { checkpointSeconds: 1 } }), 'same'],
  'execution.runner': [() => ({ execution: { runner: 'inline' } }), 'same'],
  'execution.parallel': [() => ({ execution: { parallel: 3 } }), 'same'],
};

function labelled(words: ConfigTree): ConfigTree {
  return { methods: ['no-transfer', { id: 'cka', objectives: [{ similarity: 'cka' }], ...words }] };
}

/** A method that starts from the orthogonal network. */
function started(change: ConfigTree): ConfigTree {
  return { methods: ['no-transfer', { id: 'cka', start: 'orthogonal', ...change }] };
}

function augmented(augmentation: ConfigTree): ConfigTree {
  return training({ augmentation: [augmentation] });
}

/** The methods, each without augmentation, whatever there is for all. */
function unchanged(): ConfigTree {
  return {
    methods: [
      { id: 'no-transfer', augmentation: [] },
      { id: 'cka', objectives: [{ similarity: 'cka' }], augmentation: [] },
    ],
  };
}

describe('the digest of a job', () => {
  it.each(Object.entries(table))('%s', async (_, [change, expected]) => {
    const changed = await planOf(change());
    const beside =
      changed.methods.length < base.methods.length ? await planOf({ methods: ['no-transfer'] }) : base;
    if (expected === 'same') expect(jobsOf(changed)).toEqual(jobsOf(beside));
    if (expected === 'other') expect(trainingsOf(changed)).not.toEqual(trainingsOf(beside));
    if (expected === 'tested') {
      expect(trainingsOf(changed)).toEqual(trainingsOf(beside));
      expect(testsOf(changed)).not.toEqual(testsOf(beside));
    }
  });

  it('is tested for every key of the configuration', () => {
    const keysOf = (schema: z.ZodType, path: string): string[] => {
      const json = z.toJSONSchema(schema, { io: 'input' });
      return Object.keys(json.properties ?? {}).map((key) => `${path}${key}`);
    };
    const {
      data: ofData,
      features: ofFeatures,
      network: ofNetwork,
      training: ofTraining,
    } = configSchema.shape;
    const keys = [
      ...keysOf(configSchema, ''),
      ...keysOf(ofData, 'data.'),
      ...keysOf(ofFeatures, 'features.'),
      ...keysOf(ofNetwork, 'network.'),
      ...keysOf(ofTraining, 'training.'),
      ...keysOf(executionSettings, 'execution.'),
      ...keysOf(orthogonalSettings, 'orthogonal.'),
      ...keysOf(similarity.settings, 'penalty.'),
      ...objectives.names.map((kind) => `penalty.kind ${kind}`),
      ...augmentations.names.map((kind) => `augmentation ${kind}`),
    ].filter(
      (key) =>
        ![
          'data',
          'data.corpus',
          // Of other corpora than this: refused here, and no part of a job there.
          ...Object.keys(corpusChoices.shape).map((key) => `data.${key}`),
          'features',
          'network',
          'training',
          'execution',
          'orthogonal',
          'penalty.kind',
        ].includes(key),
    );
    expect(keys.filter((key) => !(key in table))).toEqual([]);
    expect(keys.length).toBeGreaterThan(50);
  });
});
