import { describe, expect, it } from 'vitest';
import { effectiveFeatures, featureSettings } from '../../../src/data/features/settings.js';
import { settingsKey } from '../../../src/data/features/store/clip-keys.js';
import { checkKeys } from './check-keys.js';
import { fixedClips } from './fixed-clips.js';

const { digestsOf } = fixedClips();

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
    await checkKeys(keys, alternatives, withoutEffect, (change) =>
      digestsOf({ features: { ...base, ...change } }),
    );
    // Rows of features are named by the same, but for what is done to them afterwards.
    await checkKeys(keys, alternatives, [...withoutEffect, 'standardise'], async (change) =>
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
