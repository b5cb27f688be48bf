import { describe, expect, it } from 'vitest';
import type { ConfigTree } from '../../../../src/runs/config/load.js';
import { expandSweep } from '../../../../src/runs/config/sweep/cells.js';
import { base, cellsOf } from './digits-sweep.js';

describe('what is wrong', () => {
  const refused = (sweep: unknown, change: ConfigTree = {}) => {
    try {
      cellsOf(sweep, change);
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };

  it('in some cells names cell and path, in all of them only the path', () => {
    const values = { 'network.width': [0.25, -1], tap: ['conv3_1', 'conv4_2'] };
    const said = refused({ values }, { training: { epochs: 0 } });
    expect(said).toContain('my.yaml is not valid:');
    expect(said).toMatch(/cell width-minus1--tap-conv3_1 \(and 1 more\): network\.width: -1 is out of range/);
    expect(said).toMatch(/\n {2}training\.epochs: 0 is out of range/);
  });

  it.each([
    [undefined, /sweep: this key is missing/],
    [{ values: {} }, /sweep\.values: .*name one key or more/],
    [{ kind: 'gird', values: { tap: ['a'] } }, /sweep\.kind: "gird"/],
    [{ values: { tap: [] } }, /sweep\.values\.tap: the list is empty/],
    [{ values: { tap: ['conv3_1', 'conv3_1'] } }, /"tap" lists "conv3_1" twice/],
    [{ kind: 'zip', values: { tap: ['a', 'b'], target: ['c'] } }, /tap has 2, target has 1/],
    [
      { kind: 'zip', values: { tap: ['a', 'a'], target: ['c', 'c'] } },
      /two cells are the same: tap "a", target "c"/,
    ],
    [[{ values: { tap: ['a'] } }, { values: { tap: ['b'] } }], /"tap" is in two parts/],
    [{ values: { 'execution.threads': [1, 2] } }, /"execution\.threads" changes no number/],
    [{ values: { 'methods.kca.objectives.0.beta': [1] } }, /methods has no entry "kca".*Did you mean cka\?/],
    [{ values: { 'target.name': ['a'] } }, /target is "digit", which has no keys/],
    [{ values: { 'training.epoch': [1] } }, /training\.epoch: there is no such key\. Did you mean epochs\?/],
    [
      { kind: 'random', cells: 2, values: { tap: { low: 2, high: 1 } } },
      /sweep\.values\.tap\.high: .*above low/,
    ],
    [{ kind: 'random', cells: 2, values: { tap: { low: 0, high: 1, scale: 'log' } } }, /above 0/],
  ])('with a sweep is said: %j', (sweep, message) => {
    expect(refused(sweep)).toMatch(message);
  });

  const one = { halving: {} };
  it.each([
    [
      { values: { tap: ['conv3_1', 'conv4_2'], 'data.corpus': ['fsdd', 'emodb'] }, ...one },
      { seeds: 9 },
      /compete \(halving\), and differ in "data"/,
    ],
    [{ values: { tap: ['conv3_1', 'conv4_2'], seeds: [3, 9] }, ...one }, {}, /differ in "seeds"/],
    [
      { values: { 'training.epochs': [3, 9] }, halving: { by: 'epochs' } },
      {},
      /differ in "training\.epochs"/,
    ],
    [
      { values: { tap: ['conv3_1', 'conv4_2'] }, ...one },
      { seeds: 1 },
      /first rung of 1 repetitions leaves no more to do: a cell has 1\. Take more seeds, or by: epochs/,
    ],
    [
      { values: { tap: ['conv3_1', 'conv4_2'] }, halving: { method: 'kca' } },
      { seeds: 9 },
      /halving\.method: "kca" is no method.*Did you mean cka\?/,
    ],
    [
      [
        { values: { tap: ['conv3_1', 'conv4_2'] }, ...one },
        { kind: 'random', cells: 2, values: { 'network.width': [0.25, 0.5] }, ...one },
      ],
      { seeds: 9 },
      /"halving" is in two parts/,
    ],
    [
      { kind: 'zip', values: { tap: ['conv3_1', 'conv4_2'] }, ...one },
      { seeds: 9 },
      /sweep\.halving: it is a key of grid, random, and this is "zip"/,
    ],
  ])('with halving is said: %j', (sweep, change, message) => {
    expect(refused(sweep, change)).toMatch(message);
  });

  it('is a flag for a key that the sweep gives values for', () => {
    const source = { name: 'my.yaml', flags: ['tap'] };
    expect(() =>
      expandSweep({ ...base, tap: 'pool3', sweep: { values: { tap: ['conv3_1'] } } }, source),
    ).toThrow(/What the flags say is not valid:\n {2}--tap: the sweep gives values for this key/);
  });
});
