import { describe, expect, it } from 'vitest';
import { settingsDifference } from '../../../src/runs/folder/settings-difference.js';
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
    const { data, training, orthogonal } = experiment;
    const grown = {
      ...experiment,
      data: { ...data, path: '/elsewhere/clips.csv' },
      methods: ['no-transfer', 'gram', 'cka'],
      seeds: 5,
      firstSeed: 7,
      tap: 'conv1_1',
      position: 'before',
      removableThreshold: 0.2,
      training: { ...training, epochs: 99 },
      orthogonal: [{ ...orthogonal[0], model: '/some/network.onnx' }],
    };
    expect(settingsDifference(experiment, grown)).toEqual([]);
  });

  it('is a label column that is called like a path', () => {
    const lists = (column: string) => ({
      ...experiment,
      split: { kind: 'lists', column, path: { label: column } },
    });
    expect(settingsDifference(lists('a'), lists('b'))).toHaveLength(2);
  });
});
