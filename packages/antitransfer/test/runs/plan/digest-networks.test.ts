import { Random } from 'onnx-autograd';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork } from '../../../src/learning/networks/store.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { networkSettings } from '../../../src/runs/config/schema.js';
import { checkKeys } from './check-keys.js';
import { fixedClips, shape } from './fixed-clips.js';

const { digestsOf, pathOf } = fixedClips();

beforeAll(async () => {
  for (const [i, name] of ['one', 'two'].entries()) {
    const parts = { classes: 2, input: shape, width: 0.0625, random: new Random(i) };
    await saveNetwork(pathOf(`${name}.onnx`), buildNetwork('vgg-small', parts));
  }
});

describe('a network', () => {
  const keys = Object.keys(networkSettings.shape);
  const one = () => pathOf('one.onnx');

  it('that is built', async () => {
    const alternatives = {
      ...{ name: 'vgg-small', model: one(), width: 0.04, head: 'pooled' },
      initialisation: 'as-published',
    };
    const network = { name: 'vgg16', width: 0.02 };
    await checkKeys(keys, alternatives, [], (change) => digestsOf({ network: { ...network, ...change } }));
  });

  it('that a user gave to be trained', async () => {
    const alternatives = {
      ...{ name: 'vgg16', model: pathOf('two.onnx'), width: 0.5, head: 'wide' },
      initialisation: 'as-published',
    };
    const given = (change: ConfigTree) => digestsOf({ network: { model: one(), ...change } });
    await checkKeys(keys, alternatives, ['name', 'width', 'head', 'initialisation'], given);
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
    const other = { orthogonal: orthogonal({ model: pathOf('two.onnx') }) };
    expect((await digestsOf(other)).tasks).not.toEqual(tasks);
  });
});
