import { describe, it } from 'vitest';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import { checkKeys } from './check-keys.js';
import { fixedClips } from './fixed-clips.js';

const { digestsOf } = fixedClips();

describe('training', () => {
  const keys = Object.keys(trainingSettings.shape).filter((key) => !['optimizer', 'choose'].includes(key));
  const alternatives = {
    ...{ epochs: 3, batch: 5, learningRate: 0.01, schedule: 'linear', weightDecay: 0.1, momentum: 0.5 },
    ...{
      clipNorm: 1,
      warmup: 0.1,
      accumulate: 2,
      patience: 3,
      patienceRule: 'as-published',
      freeze: ['conv1_1*'],
      rates: { 'conv*': 0.1 },
      recompute: true,
      convolutions: 'direct',
      startWeights: ['conv1_*'],
    },
  };

  it.each<[string, string, number | null, string[]]>([
    ['adam', 'validation-loss', null, ['momentum', 'patienceRule', 'startWeights']],
    ['adamw', 'validation-accuracy', 4, ['momentum', 'startWeights']],
    ['sgd', 'last', null, ['patience', 'patienceRule', 'startWeights']],
    ['sgd', 'last', 4, ['patience', 'patienceRule', 'startWeights']],
  ])('by %s, choosing by %s with patience %s', async (optimizer, choose, patience, withoutEffect) => {
    const base = { epochs: 2, batch: 6, optimizer, choose, patience };
    await checkKeys(keys, alternatives, withoutEffect, (change) =>
      digestsOf({}, { training: { ...base, ...change } }),
    );
  });
});
