import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../../src/runs/config/load.js';
import { methodsOf } from '../../../../src/runs/config/methods.js';
import type { Experiment } from '../../../../src/runs/config/schema.js';
import { expandSweep, resolveCells } from '../../../../src/runs/config/sweep/cells.js';

import { cellsOf, experimentsOf, namesOf } from './digits-sweep.js';

describe('a grid', () => {
  it('is every combination, the first key changing last, also of keys that the file does not have', () => {
    const found = experimentsOf({ values: { tap: ['conv3_1', 'conv4_2'], 'network.width': [0.25, 0.5] } });
    expect(found.map(({ tap, network }) => [tap, network.width])).toEqual([
      ['conv3_1', 0.25],
      ['conv3_1', 0.5],
      ['conv4_2', 0.25],
      ['conv4_2', 0.5],
    ]);
    expect(found.map(({ name }) => name)).toEqual([
      'taps--tap-conv3_1--width-0.25',
      'taps--tap-conv3_1--width-0.5',
      'taps--tap-conv4_2--width-0.25',
      'taps--tap-conv4_2--width-0.5',
    ]);
  });

  it('sets what a method is made of, by its id or number, also of one that is named by a word', () => {
    const betas = (sweep: unknown) =>
      experimentsOf(sweep).map((experiment) =>
        methodsOf(experiment).map(({ objectives: [one] }) => one && 'beta' in one && one.beta),
      );
    const [before] = betas({ values: { tap: ['conv3_1'] } });
    for (const path of ['methods.cka.objectives.0.beta', 'methods.1.objectives.0.beta']) {
      expect(betas({ values: { [path]: [2, 5] } })).toEqual([
        [undefined, 2, 3],
        [undefined, 5, 3],
      ]);
    }
    expect(betas({ values: { 'methods.mine.objectives.0.beta': [7] } })).toEqual([
      [undefined, before?.[1], 7],
    ]);
  });

  it('leaves the method that is looked into what it is: the published tap of vgg16 stays', () => {
    const network = { name: 'vgg16' };
    const sweep = { values: { 'methods.as-published.objectives.0.beta': [2] } };
    const [cell] = cellsOf(sweep, { network, methods: ['no-transfer', 'as-published'] });
    const [, published] = methodsOf(cell?.config.experiment ?? expect.fail('There is no cell.'));
    expect(published?.objectives[0]).toMatchObject({ beta: 2, tap: 'conv5_2' });
  });

  it.each<[string, readonly unknown[], readonly string[], (one: Experiment) => unknown]>([
    ['tap', ['conv3_1', 'pool3'], ['tap-conv3_1', 'tap-pool3'], ({ tap }) => tap],
    ['seeds', [2, 5], ['seeds-2', 'seeds-5'], ({ seeds }) => seeds],
    ['firstSeed', [1, 4], ['firstSeed-1', 'firstSeed-4'], ({ firstSeed }) => firstSeed],
    ['network.name', ['vgg-small', 'vgg16'], ['name-vgg-small', 'name-vgg16'], ({ network }) => network.name],
    ['data.corpus', ['fsdd', 'emodb'], ['corpus-fsdd', 'corpus-emodb'], ({ data }) => data.corpus],
    [
      'methods.cka.objectives.0.similarity',
      ['cka', 'unbiased-cka'],
      ['similarity-cka', 'similarity-unbiased-cka'],
      (one) => methodsOf(one)[1]?.objectives.flatMap((of) => ('similarity' in of ? of.similarity : []))[0],
    ],
    [
      'methods',
      [
        ['no-transfer', 'cka'],
        ['no-transfer', 'cdan'],
      ],
      ['methods-no-transfer-cka', 'methods-no-transfer-cdan'],
      ({ methods }) => methods,
    ],
  ])('sets %s, and cells say so', (path, values, names, read) => {
    expect(namesOf({ values: { [path]: values } })).toEqual(names);
    expect(experimentsOf({ values: { [path]: values } }).map(read)).toEqual(values);
  });

  it('sets folds of a split', () => {
    const split = { kind: 'k-fold', column: 'speaker', folds: 3 };
    const found = cellsOf({ values: { 'split.folds': [3, 6] } }, { split });
    expect(found.map(({ name }) => name)).toEqual(['folds-3', 'folds-6']);
    expect(found.map(({ config }) => config.experiment.split)).toMatchObject([{ folds: 3 }, { folds: 6 }]);
  });

  it('sets whole groups, and keys in them beside that', () => {
    const split = [{ kind: 'stratified' }, { kind: 'group', column: 'speaker' }];
    const found = experimentsOf({
      values: { 'split.fractions': [{ train: 0.5, validation: 0.25, test: 0.25 }], split },
    });
    expect(found.map((one) => one.split)).toMatchObject([
      { kind: 'stratified', fractions: { train: 0.5 } },
      { kind: 'group', fractions: { train: 0.5 } },
    ]);
  });
});

describe('lists side by side', () => {
  it('are a cell a row, with a name of their own, and are combined with other parts', () => {
    const corpora = {
      kind: 'zip',
      names: ['words', 'emotions'],
      values: { target: ['digit', 'emotion'], 'data.corpus': ['fsdd', 'emodb'] },
    };
    const found = cellsOf([corpora, { values: { tap: ['conv3_1', 'conv4_2'] } }]);
    expect(
      found.map(({ name, config: { experiment } }) => [name, experiment.target, experiment.data.corpus]),
    ).toEqual([
      ['words--tap-conv3_1', 'digit', 'fsdd'],
      ['words--tap-conv4_2', 'digit', 'fsdd'],
      ['emotions--tap-conv3_1', 'emotion', 'emodb'],
      ['emotions--tap-conv4_2', 'emotion', 'emodb'],
    ]);
  });
});

describe('random values', () => {
  const values = {
    'training.learningRate': { low: 1e-5, high: 1e-2, scale: 'log' },
    'training.batch': { low: 4, high: 64, integer: true },
    tap: ['conv3_1', 'conv4_2'],
  };
  const drawn = (change: object = {}) =>
    experimentsOf({ kind: 'random', cells: 200, values, ...change }).map(({ tap, training }) => ({
      tap,
      rate: training.learningRate,
      batch: training.batch,
    }));

  it('are as many cells as the budget, uniform in the logarithm where that is asked, with three digits', () => {
    const found = drawn();
    expect(found).toHaveLength(200);
    const logs = found.map(({ rate }) => Math.log10(rate));
    for (const [low, high] of [
      [-5, -4],
      [-4, -3],
      [-3, -2],
    ] as const) {
      const share = logs.filter((log) => log >= low && log < high).length / 200;
      expect(share).toBeGreaterThan(0.22);
      expect(share).toBeLessThan(0.45);
    }
    for (const { rate, batch } of found) {
      expect(Number(rate.toPrecision(3))).toBe(rate);
      expect(Number.isInteger(batch)).toBe(true);
    }
    expect(new Set(found.map(({ batch }) => batch)).size).toBeGreaterThan(40);
    expect(new Set(found.map(({ tap }) => tap)).size).toBe(2);
  });

  it('are the same again, other ones by another seed, and stay when the budget grows or a key is added', () => {
    const found = drawn();
    expect(drawn()).toEqual(found);
    expect(drawn({ seed: 2 })).not.toEqual(found);
    expect(drawn({ cells: 250 }).slice(0, 200)).toEqual(found);
    expect(drawn({ values: { 'network.width': [0.25, 0.5], ...values } })).toEqual(found);
  });

  it('are refused where there are fewer than the budget', () => {
    expect(() => cellsOf({ kind: 'random', cells: 3, values: { tap: ['conv3_1', 'conv4_2'] } })).toThrow(
      'sweep: 3 cells are to be drawn, and there are only 2 that differ.',
    );
  });
});

describe('cells that compete', () => {
  const part = { kind: 'random', cells: 4, values: { 'methods.cka.objectives.0.beta': [1, 2, 3, 4] } };

  it('do so with those that are the same in all other parts', () => {
    const corpora = {
      kind: 'zip',
      names: ['words', 'emotions'],
      values: { 'data.corpus': ['fsdd', 'emodb'] },
    };
    const found = cellsOf([corpora, { ...part, halving: { keep: 2 } }], { seeds: 9 });
    expect(found.map(({ competition }) => competition?.among)).toEqual([
      ...['words', 'words', 'words', 'words'],
      ...['emotions', 'emotions', 'emotions', 'emotions'],
    ]);
    expect(found[0]?.competition?.halving).toEqual({
      by: 'repetitions',
      start: 1,
      factor: 3,
      keep: 2,
      method: null,
    });
  });

  it('are all of a sweep of one part, and have the names that they have without', () => {
    const found = cellsOf({ ...part, halving: {} }, { seeds: 9 });
    expect(new Set(found.map(({ competition }) => competition?.among))).toEqual(new Set(['']));
    expect(found.map(({ name }) => name)).toEqual(cellsOf(part).map(({ name }) => name));
  });
});

describe('names of cells', () => {
  it('are short, of letters that any file system takes, and do not depend on the other values', () => {
    const sweep = (values: readonly unknown[]) => ({ values: { 'data.path': values } });
    expect(namesOf(sweep(['/a/füße & co', '/b/two']))).toEqual(['path-fu-e-co', 'path-two']);
    expect(namesOf(sweep(['/b/two', '/c']))[0]).toBe('path-two');
    for (const name of namesOf({ values: { 'data.where': [{ list: ['x'.repeat(300)] }] } })) {
      expect(name).toMatch(/^[\w.-]{1,110}$/);
    }
  });

  it('say which key it is where several end alike', () => {
    const beta = (id: string) => `methods.${id}.objectives.0.beta`;
    expect(namesOf({ values: { [beta('cka')]: [1], [beta('mine')]: [2] } })).toEqual([
      'cka.beta-1--mine.beta-2',
    ]);
  });

  it('never are two of one name, capitals or not', () => {
    const names = namesOf({ values: { target: ['digit', 'Digit', 'digit!'] } });
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(3);
    expect(namesOf({ values: { target: ['digit!', 'Digit', 'digit'] } }).sort()).toEqual(names.sort());
  });
});

it('paths in a sweep are relative to the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const sweep = `sweep: [{ values: { data.path: [one, two] } }, { values: { orthogonal.data: [{ corpus: fsdd, path: other }] } }]`;
  const text = `target: digit\northogonal: { column: speaker }\nsplit: { kind: stratified }\nmethods: [no-transfer]\ndata: { corpus: fsdd }\n${sweep}\n`;
  await writeFile(join(folder, 'my.yaml'), text);
  const cells = resolveCells(
    expandSweep(await readConfigFile(join(folder, 'my.yaml')), 'my.yaml'),
    'my.yaml',
  );
  expect(
    cells.map(({ config: { experiment } }) => [experiment.data.path, experiment.orthogonal[0].data?.path]),
  ).toEqual([
    [join(folder, 'one'), join(folder, 'other')],
    [join(folder, 'two'), join(folder, 'other')],
  ]);
  await rm(folder, { recursive: true });
});
