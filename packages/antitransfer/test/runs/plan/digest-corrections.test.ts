import { describe, expect, it } from 'vitest';
import { corrections } from '../../../src/learning/corrections/registry.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { checkKeys } from './check-keys.js';
import { fixedClips } from './fixed-clips.js';

const { digestsOf } = fixedClips();

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
    await checkKeys(keys, alternatives, withoutEffect, digest);
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
