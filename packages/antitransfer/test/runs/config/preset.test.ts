import { describe, expect, it } from 'vitest';
import { corpora } from '../../../src/data/corpora/registry.js';
import { networks } from '../../../src/learning/networks/registry.js';
import { type ConfigTree, resolveConfig } from '../../../src/runs/config/load.js';
import { methodsOf } from '../../../src/runs/config/methods.js';
import { expandSweep, resolveCells } from '../../../src/runs/config/sweep/cells.js';
import { settingsWithoutEffect } from '../../../src/runs/plan/settings-without-effect.js';

const base: ConfigTree = {
  preset: 'paper',
  data: { corpus: 'iemocap', path: 'iemocap' },
  target: 'emotion',
  orthogonal: { column: 'speaker' },
  split: { kind: 'random' },
  methods: ['no-transfer', 'as-published'],
};
const resolved = (change: ConfigTree = {}) => resolveConfig({ ...base, ...change }, 'my.yaml').experiment;

describe('the preset of the paper', () => {
  it('has its network, first weights, training, choice, patience and windows', () => {
    const { network, training, features, segments, orthogonal, split, ...others } = resolved();
    expect(others).not.toHaveProperty('preset');
    expect(network).toMatchObject({ name: 'vgg16', width: 1, initialisation: 'as-published' });
    expect(training).toMatchObject({
      ...{
        epochs: 100,
        batch: 30,
        optimizer: 'adam',
        learningRate: 5e-5,
        schedule: 'constant',
        weightDecay: 0,
      },
      ...{ choose: 'validation-loss-and-penalty', patience: 5, patienceRule: 'as-published' },
    });
    expect(features).toMatchObject({
      kind: 'magnitude',
      sampleRate: 16000,
      seconds: 4,
      window: 256,
      hop: 128,
    });
    expect(segments).toMatchObject({ hop: 4, minimumPeak: 0.05 });
    expect(split).toMatchObject({ fractions: { train: 0.7, validation: 0.2, test: 0.1 } });
    expect(orthogonal[0].training).toEqual({ batch: 40, patience: 10 });
    expect(methodsOf(resolved()).at(-1)?.objectives).toMatchObject([{ tap: 'conv5_2' }]);
  });

  it('has classes, balance, lengths and settings of each of its corpora, for targets and for tasks of their own', () => {
    const learned = (corpus: string, target: string, change: ConfigTree = {}) => {
      const { data, features } = resolved({
        data: { corpus, path: corpus, ...change },
        target,
        orthogonal: { column: 'speaker', data: { corpus: 'folder', path: 'x', levels: ['speaker'] } },
      });
      return { seconds: features.seconds, ...data };
    };
    const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    expect(learned('iemocap', 'emotion')).toMatchObject({
      seconds: 4,
      labels: { emotion: { keep: ['ang', 'hap', 'neu', 'sad'] } },
    });
    expect(learned('iemocap', 'gender').labels).toBeUndefined();
    expect(learned('librispeech', 'word')).toMatchObject({
      ...{ seconds: 4, words: 1000, subsets: ['train-clean-100'] },
    });
    expect(learned('speech-commands', 'word')).toMatchObject({
      seconds: 1,
      labels: { word: { keep: digits, balance: 1000 } },
    });
    expect(learned('nsynth', 'family')).toMatchObject({ seconds: 6 });
    expect(learned('good-sounds', 'goodness')).toMatchObject({
      seconds: 6,
      labels: { goodness: { balance: 'rarest' } },
    });
    expect(learned('ms-snsd', 'noise', { noise: 'noises' })).toMatchObject({
      ...{ seconds: 1, recordings: 'clean', snr: [20, 25, 30, 35, 40] },
    });
    // Noises by themselves are mixed into nothing.
    expect(learned('ms-snsd', 'noise')).toMatchObject({ recordings: 'noise' });
    const tasks = ['nsynth:family', 'librispeech:word', 'iemocap:emotion'].map((task) => {
      const [corpus, column] = task.split(':');
      return { name: corpus, column, data: { corpus, path: corpus } };
    });
    const { orthogonal } = resolved({ target: 'dialog', orthogonal: tasks });
    expect(orthogonal.map(({ training }) => training)).toEqual([
      { epochs: 50, batch: 30, patience: 5 },
      { epochs: 50, batch: 40, patience: 5 },
      { batch: 40, patience: 10 },
    ]);
    expect(orthogonal[1]?.data).toMatchObject({ words: 1000 });
    expect(orthogonal[2]?.data?.labels).toEqual({ emotion: { keep: ['ang', 'hap', 'neu', 'sad'] } });
  });

  it('names columns that its corpora have', () => {
    const published = corpora.members.filter((corpus) => corpus.published !== undefined);
    expect(published.map(({ name }) => name).sort()).toEqual([
      'good-sounds',
      'iemocap',
      'librispeech',
      'ms-snsd',
      'nsynth',
      'speech-commands',
    ]);
    for (const { columns, optionalColumns = [], published: use } of published) {
      if (columns === 'any') continue;
      expect([...columns, ...optionalColumns]).toEqual(
        expect.arrayContaining(Object.keys(use?.columns ?? {})),
      );
    }
  });

  it('leaves what is given as it is', () => {
    const { network, training, features, segments, data, orthogonal } = resolved({
      network: { width: 0.25 },
      training: { batch: 8 },
      features: { seconds: 2 },
      segments: { minimumPeak: 0.1 },
      data: {
        ...(base.data as ConfigTree),
        labels: { emotion: { drop: ['xxx'] }, speaker: { drop: ['Ses01F'] } },
      },
      orthogonal: { column: 'speaker', training: { epochs: 7 } },
    });
    expect(network).toMatchObject({ name: 'vgg16', width: 0.25, initialisation: 'as-published' });
    expect(training).toMatchObject({ batch: 8, learningRate: 5e-5 });
    expect(features.seconds).toBe(2);
    expect(segments).toMatchObject({ hop: 2, minimumPeak: 0.1 });
    expect(data.labels).toEqual({ emotion: { drop: ['xxx'] }, speaker: { drop: ['Ses01F'] } });
    expect(orthogonal[0].training).toEqual({ epochs: 7, batch: 40, patience: 10 });
    expect(resolved({ segments: null }).segments).toBeNull();
    expect(resolved({ network: { name: 'vgg-small' } }).network.initialisation).toBeUndefined();
    expect(resolved({ network: { model: 'my.onnx' } }).network.initialisation).toBeUndefined();
    const given = { column: 'speaker', model: 'speakers.onnx' };
    expect(resolved({ orthogonal: given }).orthogonal[0].training).toEqual({});
  });

  it('goes through other corpora in windows of one second, without overlap', () => {
    for (const data of [{ corpus: 'emodb', path: 'x' }, { path: 'clips.csv' }]) {
      const { features, segments } = resolved({ data });
      expect(features.seconds).toBe(1);
      expect(segments).toMatchObject({ hop: 1, minimumPeak: 0.05 });
    }
  });

  it('waits for no better epoch where the last one is taken', () => {
    const chosen = (training: ConfigTree, ofTask?: ConfigTree) => {
      const task = { column: 'speaker', ...(ofTask && { training: ofTask }) };
      const experiment = resolved({ training, orthogonal: task });
      return { of: experiment.training, task: experiment.orthogonal[0].training, experiment };
    };
    const last = chosen({ choose: 'last' });
    expect(last.of).toMatchObject({ epochs: 100, batch: 30, patience: null });
    expect(last.of).not.toHaveProperty('patienceRule');
    expect(last.task).toEqual({ batch: 40 });
    expect(settingsWithoutEffect(last.experiment)).toEqual([]);
    // A task that chooses for itself waits, by the paper's rule.
    const own = chosen({ choose: 'last' }, { choose: 'validation-loss' });
    expect(own.task).toEqual({
      choose: 'validation-loss',
      ...{ batch: 40, patience: 10, patienceRule: 'as-published' },
    });
    const ofTask = chosen({}, { choose: 'last' });
    expect(ofTask.of).toMatchObject({ patience: 5, patienceRule: 'as-published' });
    expect(ofTask.task).toEqual({ choose: 'last', batch: 40 });
    // What is written is told of.
    expect(settingsWithoutEffect(chosen({ choose: 'last', patience: 3 }).experiment)).toHaveLength(1);
  });

  it('leaves mistakes to be told, each at its own path', () => {
    expect(() => resolved({ preset: 'papre' })).toThrow(/preset: "papre" .*paper/);
    expect(() => resolved({ training: 5 })).toThrow(/training: 5 /);
    expect(() => resolved({ orthogonal: undefined })).toThrow(/orthogonal: this key is missing/);
    expect(() => resolved({ orthogonal: { colum: 'speaker' } })).toThrow(/orthogonal\.colum: .*column/);
  });

  it('is swept as any configuration, a published method at the place of its network', () => {
    const values = { 'network.width': [0.1, 0.2], 'methods.as-published.objectives.0.beta': [2] };
    const cells = resolveCells(expandSweep({ ...base, sweep: { values } }, 'my.yaml'), 'my.yaml');
    const { published } = networks.find('vgg16');
    expect(cells.map(({ config }) => config.experiment.network.width)).toEqual([0.1, 0.2]);
    for (const { config } of cells) {
      const [objective] = methodsOf(config.experiment).at(-1)?.objectives ?? [];
      expect(objective).toMatchObject({ beta: 2, tap: published?.tap });
    }
  });
});
