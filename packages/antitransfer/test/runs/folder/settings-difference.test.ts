import { describe, expect, it } from 'vitest';
import { resolveMethod } from '../../../src/runs/config/presets/registry.js';
import {
  differingSettings,
  leftOut,
  settingsDifference,
} from '../../../src/runs/folder/settings-difference.js';
import { tinyConfig } from '../tiny.js';

const { experiment } = tinyConfig('corpus');

describe('what makes another experiment of the same folder', () => {
  it('is each setting that asks for something else, by its path and both values', () => {
    const { orthogonal, training, split } = experiment;
    const other = {
      ...experiment,
      training: { ...training, learningRate: 0.01, clipNorm: 1 },
      orthogonal: [{ ...orthogonal[0], column: 'room' }],
      split: { ...split, column: 'side' },
    };
    expect(settingsDifference(experiment, other).sort()).toEqual([
      'orthogonal.0.column is "speaker" there, "room" here',
      'split.column is "list" there, "side" here',
      'training.clipNorm is null there, 1 here',
      'training.learningRate is 0.001 there, 0.01 here',
    ]);
  });

  it('is a key that one of them does not have', () => {
    const { network } = experiment;
    const other = { ...experiment, network: { ...network, head: 'wide' } };
    expect(settingsDifference(experiment, other)).toEqual(['network.head is not set there, "wide" here']);
    expect(settingsDifference(other, experiment)).toEqual(['network.head is "wide" there, not set here']);
  });

  it('is not that more is asked, nor where the recordings are', () => {
    const { data, methods, seeds, firstSeed } = experiment;
    const grown = {
      ...experiment,
      data: { ...data, path: '/elsewhere/clips.csv' },
      methods: [...methods, 'gram'],
      firstSeed: firstSeed - 1,
      seeds: seeds + 3,
      removableThreshold: 0.2,
    };
    expect(settingsDifference(experiment, grown)).toEqual([]);
  });

  it('is another tap or number of epochs', () => {
    const { training } = experiment;
    const other = { ...experiment, tap: 'conv1_1', training: { ...training, epochs: 99 } };
    expect(settingsDifference(experiment, other).sort()).toEqual([
      'tap is null there, "conv1_1" here',
      `training.epochs is ${training.epochs} there, 99 here`,
    ]);
  });

  it('is a file where there was none', () => {
    const { network } = experiment;
    const given = { ...experiment, network: { ...network, model: '/some/network.onnx' } };
    const another = { ...experiment, network: { ...network, model: '/another.onnx' } };
    expect(settingsDifference(experiment, given)).toEqual([
      'network.model is null there, "/some/network.onnx" here',
    ]);
    expect(settingsDifference(given, another)).toEqual([]);
  });

  it('is another label of a column that is called like a path', () => {
    const { data } = experiment;
    const heard = (noise: string) => ({ ...experiment, data: { ...data, where: { noise } } });
    expect(settingsDifference(heard('babble'), heard('street'))).toEqual([
      'data.where.noise is "babble" there, "street" here',
    ]);
  });
});

describe('seeds and methods that would be left out', () => {
  it('is a seed that would learn from another split', () => {
    const shared = { ...experiment, firstSeed: 3, seeds: 2, splits: 2 };
    const moved = { ...shared, firstSeed: 1, seeds: 6 };
    expect(settingsDifference(shared, moved)).toEqual([]);
    expect(leftOut(shared, moved)).toEqual([
      'seed 3 learns from the split of seed 3 there, of 1 here (splits, firstSplit)',
    ]);
  });

  it('is not that more seeds share the splits of those that are there', () => {
    const before = { ...experiment, firstSeed: 1, seeds: 10 };
    const after = { ...before, seeds: 30, splits: 10 };
    expect([...settingsDifference(before, after), ...leftOut(before, after)]).toEqual([]);
  });

  it('is what the other has and would be lost', () => {
    const { methods, seeds, firstSeed } = experiment;
    expect(leftOut(experiment, { ...experiment, methods: methods.slice(1) })).toEqual([
      'the method "no-transfer" is there, not here',
    ]);
    expect(leftOut(experiment, { ...experiment, firstSeed: firstSeed + 1, seeds })).toEqual([
      `the seeds are ${firstSeed} to ${firstSeed + seeds - 1} there, ${firstSeed + 1} to ${firstSeed + seeds} here`,
    ]);
    const changed = {
      ...experiment,
      methods: [{ id: 'no-transfer', start: 'orthogonal' }, ...methods.slice(1)],
    };
    expect(leftOut(experiment, changed)).toEqual(['the method "no-transfer" is another here']);
  });

  it('are none where more is asked', () => {
    const { methods, seeds } = experiment;
    expect(leftOut(experiment, { ...experiment, methods: [...methods, 'gram'], seeds: seeds + 1 })).toEqual(
      [],
    );
  });
});

describe('in what two experiments differ, for people', () => {
  const of = (methods: readonly unknown[], seeds: number) => ({ training: { epochs: 5 }, seeds, methods });

  it('is each setting, and methods by their ids', () => {
    expect(differingSettings(of(['no-transfer', 'cka'], 3), of(['no-transfer', 'gram'], 5))).toEqual([
      { key: 'seeds', there: '3', here: '5' },
      { key: 'methods', there: '"no-transfer, cka"', here: '"no-transfer, gram"' },
    ]);
    expect(differingSettings(of(['cka'], 3), of([resolveMethod('cka')], 3))).toEqual([]);
  });

  it('is what both understand otherwise by one method', () => {
    const found = differingSettings(of(['cka'], 3), of([{ ...resolveMethod('cka'), label: 'mine' }], 3));
    expect(found).toEqual([{ key: 'method.cka.label', there: expect.any(String), here: '"mine"' }]);
  });
});
