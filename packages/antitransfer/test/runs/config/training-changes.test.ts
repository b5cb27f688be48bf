import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import { resolveConfig } from '../../../src/runs/config/load.js';
import { parseYaml } from '../../../src/runs/config/parse-yaml.js';
import { trainingChanges } from '../../../src/runs/config/training-changes.js';
import { tinyConfig } from '../tiny.js';

/** Not one of these is a default. */
const whole = {
  epochs: 7,
  batch: 9,
  optimizer: 'sgd',
  learningRate: 0.02,
  schedule: 'linear',
  weightDecay: 0.1,
  momentum: 0.5,
  clipNorm: 2,
  warmup: 0.1,
  accumulate: 2,
  patience: 3,
  patienceRule: 'as-published',
  choose: 'last',
  freeze: ['conv1_1*'],
  recompute: true,
  convolutions: 'direct',
} as const;

describe("what differs from the target's training", () => {
  it('is what is given, and nothing else', () => {
    expect(trainingChanges.parse({})).toEqual({});
    expect(trainingChanges.parse({ epochs: 10 })).toEqual({ epochs: 10 });
    expect(trainingChanges.parse(whole)).toEqual(whole);
    const { orthogonal } = tinyConfig('corpus', {
      training: whole,
      orthogonal: { column: 'speaker', training: { epochs: 10 } },
    }).experiment;
    expect(orthogonal[0].training).toEqual({ epochs: 10 });
  });

  it('is held to the same limits, and knows every key but whose weights it starts from', () => {
    const { startWeights: _, ...ofAnyNetwork } = trainingSettings.shape;
    expect(Object.keys(trainingChanges.shape)).toEqual(Object.keys(ofAnyNetwork));
    expect(trainingChanges.safeParse({ startWeights: ['conv1_1'] }).success).toBe(false);
    for (const wrong of [{ epochs: 0 }, { batch: 1.5 }, { optimizer: 'adamant' }, { threads: 2 }]) {
      expect(trainingChanges.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
      expect(trainingSettings.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    }
  });

  it('is the same when a resolved configuration is read again', () => {
    for (const training of [{}, { epochs: 10 }, whole]) {
      const config = tinyConfig('corpus', { training: whole, orthogonal: { column: 'speaker', training } });
      const text = stringify({ ...config.experiment, execution: config.execution });
      expect(resolveConfig(parseYaml(text, 'again'), 'again')).toEqual(config);
    }
  });
});
