import { describe, expect, it } from 'vitest';
import { objectives } from '../../../src/learning/objectives/registry.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { checkKeys } from './check-keys.js';
import { fixedClips } from './fixed-clips.js';

const { digestsOf } = fixedClips();

describe('an objective', () => {
  const looks = { tap: 'conv1_1', position: 'before', orthogonal: 'room' };
  const grows = { schedule: 'linear', warmUp: 0.2 };
  const adversary = { ...{ beta: 2, schedule: 'constant', warmUp: 0.2 }, hidden: 7, standardised: true };
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
    [
      'prediction-independence',
      {},
      {
        ...{ beta: 2, ...grows, ...dependence, ...looks, clips: 'batch' },
        ...{ compare: 'answers', shuffled: true, frozenTap: 'conv2_1' },
      },
      ['warmUp'],
    ],
    [
      'frozen-logit-correction',
      {},
      { strength: 0.5, shrinkage: false, orthogonal: 'room', shuffled: true },
      [],
    ],
    [
      'frozen-logit-correction',
      { shuffled: true },
      { strength: 0.5, shrinkage: false, orthogonal: 'room', shuffled: false },
      ['shrinkage'],
    ],
    ['logit-correction', {}, { strength: 0.5, shrinkage: true, orthogonal: 'room' }, []],
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
    ['multi-task', {}, { beta: 2, ...grows, hidden: 7, ...looks, clips: 'auxiliary' }, ['warmUp']],
    ['irm', {}, { beta: 2, ...grows, orthogonal: 'room' }, []],
  ];
  const digest = async (objective: ConfigTree, more: ConfigTree = {}) =>
    (await digestsOf({ methods: [{ id: 'one', objectives: [objective] }], ...more })).training;

  it.each(rows)('%s %o', async (kind, base, alternatives, withoutEffect) => {
    const { settings } = objectives.find(kind);
    const keys = Object.keys(settings.shape).filter((key) => key !== 'kind');
    await checkKeys(keys, alternatives, withoutEffect, (change) => digest({ kind, ...base, ...change }));
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
