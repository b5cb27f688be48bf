import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { augmentations } from '../../src/learning/augmentations/registry.js';
import { objectives } from '../../src/learning/objectives/registry.js';
import { methodSettings } from '../../src/runs/config/method.js';
import {
  type ListedMethod,
  type ListedObjective,
  listObjectives,
} from '../../src/runs/config/method-listing.js';
import { methodPresets } from '../../src/runs/config/presets/registry.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/methods-`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('methods', () => {
  it('lists every method and objective in 80 columns, with what it looks at', async () => {
    const { code, out } = await run(folder, 'methods');
    expect(code).toBe(0);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    for (const name of [...methodPresets.names, ...objectives.names]) {
      expect(out).toMatch(new RegExp(`^${name} +(yes|no|by \\w+) +(yes|no|by \\w+) +(yes|no)`, 'm'));
    }
    expect(out).toMatch(/^cka-auxiliary +no +yes +yes +this toolkit$/m);
    expect(out).toMatch(/^gradient-reversal +yes +no +no +arXiv 1505\.07818$/m);
    expect(out).toMatch(/^weight-initialisation +no +no +yes +arXiv 2006\.06494$/m);
    expect(out).toMatch(/^group-dro +yes +no +no +arXiv 1911\.08731, 2110\.14503$/m);
    expect(out).toMatch(/^joint-independence +no +yes +yes +after 1705\.10667, 1710\.05578$/m);
    expect(out).toMatch(/^hsic +by clips +by clips +no +arXiv 1710\.05578$/m);
    expect(out).toMatch(/^leace +no +yes +no +arXiv 2306\.03819$/m);
    expect(out).toMatch(/^deep-feature-reweighting learns from the target labels of validation\s+clips/m);
    for (const { name, paper } of augmentations) {
      const [number = paper] = /arXiv [\d.]+/.exec(paper) ?? [];
      expect(out).toContain(number);
      expect(out).toMatch(new RegExp(`^${name} `, 'm'));
    }
    expect(out).toMatch(/^augmented-sound +no +no +no +arXiv 1412\.5567 and 2 more$/m);
    expect(out).toMatch(/^augmented +no +no +no +arXiv 1710\.10361 and 2 more$/m);
    expect(out).toMatch(/^class-weights +by over +no +no +arXiv 2110\.14503$/m);
  });

  it('prints the same as JSON', async () => {
    const { methods, objectives: kinds } = await runJson<{
      methods: ListedMethod[];
      objectives: ListedObjective[];
    }>(folder, 'methods');
    expect(methods.map(({ name }) => name)).toEqual([...methodPresets.names]);
    expect(kinds).toEqual(JSON.parse(JSON.stringify(listObjectives())));
    const adversary = kinds.find(({ kind }) => kind === 'conditional-adversary');
    expect(adversary?.looksAt).toEqual({ labels: false, clips: 'clips', network: true });
    expect(adversary?.settings.beta).toMatchObject({ default: 3 });
  });

  it.each(methodPresets.names)(
    'tells what %s stands for, in 80 columns: a configuration reads it',
    async (name) => {
      const { out } = await run(folder, 'methods', name);
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      const [, yaml] = /It stands for\n\n((?: {2}.*\n?)+)/.exec(out) ?? [];
      const [own] = (parse(yaml ?? '') as { methods: unknown[] }).methods;
      const { start, objectives: wanted, augmentation, correction } = methodPresets.find(name).create(null);
      const read = methodSettings.parse(own);
      expect(read).toMatchObject({ id: name, start, objectives: wanted, correction });
      expect(read.augmentation).toEqual(augmentation);
    },
  );

  it.each(objectives.names)('tells the keys of %s, in 80 columns', async (kind) => {
    const { out } = await run(folder, 'methods', kind);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const { shape } = objectives.find(kind).settings;
    for (const key of Object.keys(shape))
      if (key !== 'kind') expect(out).toMatch(new RegExp(`^ {2}${key}\\b`, 'm'));
  });

  it('suggests the nearest name', async () => {
    expectRefused(
      await run(folder, 'methods', 'group-dor'),
      'There is no method, objective or augmentation "group-dor"',
      'group-dro',
    );
  });

  it('names the nearest of many, and not all', async () => {
    const unlike = await run(folder, 'methods', 'nonsense');
    expectRefused(unlike, /the nearest are (\S+, ){4}\S+\. "antitransfer methods" lists all/);
    expect(unlike.err).not.toMatch(/Did you mean/);
    expect(unlike.err.length).toBeLessThan(240);
    for (const args of [
      ['compare', '--methods', '[no-transfr]'],
      ['train', '--method', 'no-transfr'],
    ]) {
      const misspelt = await run(folder, ...args);
      expectRefused(
        misspelt,
        '"no-transfr"',
        'Did you mean no-transfer?',
        '"antitransfer methods" lists all',
      );
      expect(misspelt.err.length).toBeLessThan(320);
    }
  });
});
