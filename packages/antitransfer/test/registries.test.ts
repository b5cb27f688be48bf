import { readFile } from 'node:fs/promises';
import { Graph, Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { corpora } from '../src/data/corpora/registry.js';
import { frontEnds } from '../src/data/features/kinds/registry.js';
import { segmentSettings } from '../src/data/features/segment-settings.js';
import { makeSplit } from '../src/data/splits/make-split.js';
import { splitSettings, splits } from '../src/data/splits/registry.js';
import { UserError } from '../src/errors.js';
import { augmentations } from '../src/learning/augmentations/registry.js';
import { corrections } from '../src/learning/corrections/registry.js';
import { buildNetwork, networks } from '../src/learning/networks/registry.js';
import { aggregations } from '../src/learning/objectives/aggregations/registry.js';
import { objectives } from '../src/learning/objectives/registry.js';
import { similarities } from '../src/learning/objectives/similarities/registry.js';
import { optimizerOf, optimizers } from '../src/learning/optimizers/registry.js';
import { trainingSettings } from '../src/learning/training/settings.js';
import { type Definition, noSettings, registryOf, settingsOf, shapeOf, unreadOf } from '../src/registry.js';
import { methodPresets } from '../src/runs/config/presets/registry.js';
import { runners } from '../src/runs/runners/runners.js';

/** Every registry, and the page whose text must name its members. */
const registries: readonly (readonly [
  string,
  { readonly kind: string; readonly members: readonly Definition[]; find(name: string): Definition },
  string,
])[] = [
  ['corpora', corpora, 'docs/configuration.md'],
  ['splits', splits, 'docs/configuration.md'],
  ['front ends', frontEnds, 'docs/configuration.md'],
  ['networks', networks, 'docs/configuration.md'],
  ['optimizers', optimizers, 'docs/configuration.md'],
  ['objectives', objectives, 'docs/method.md'],
  ['corrections', corrections, 'docs/method.md'],
  ['aggregations', aggregations, 'docs/method.md'],
  ['similarities', similarities, 'docs/method.md'],
  ['augmentations', augmentations, 'docs/data.md'],
  ['methods', methodPresets, 'docs/configuration.md'],
  ['runners', runners, 'docs/configuration.md'],
];

const page = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Paths of the keys of a schema that have no description, down to the last. */
function undescribed(schema: z.core.JSONSchema.BaseSchema, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    if (typeof property !== 'object' || key === 'kind') return [];
    const own = `${path}${key}`;
    return [...(property.description === undefined ? [own] : []), ...undescribed(property, `${own}.`)];
  });
}

describe.each(registries)('the registry of %s', (_, registry, docs) => {
  const { members } = registry;

  it('has members of different names, each found by its own', () => {
    expect(members.length).toBeGreaterThan(1);
    expect(new Set(members.map(({ name }) => name)).size).toBe(members.length);
    for (const member of members) expect(registry.find(member.name)).toBe(member);
  });

  it('says what there is when asked for another, and which is nearest', () => {
    const { name } = members[0]!;
    const ask = () => registry.find(`${name}x`);
    expect(ask).toThrow(UserError);
    expect(ask).toThrow(
      `There is no ${registry.kind} "${name}x"; there are ${members.map((m) => m.name).join(', ')}`,
    );
    expect(ask).toThrow(/Did you mean /);
  });

  it.each(members)('$name is described, down to its last setting, and on a page', async (member) => {
    expect(member.name).toMatch(/^[a-z0-9-]+$/);
    expect(member.description).toMatch(/\w{3,}/);
    expect(undescribed(z.toJSONSchema(member.settings, { io: 'input' }))).toEqual([]);
    expect(await page(docs)).toContain(`\`${member.name}\``);
  });
});

it('CONTRIBUTING tells how to add to each', async () => {
  const text = await page('CONTRIBUTING.md');
  for (const [, { kind }] of registries) expect(text).toMatch(new RegExp(`^\\| an? ${kind}[ (|]`, 'm'));
});

describe('settings that are kept flat', () => {
  it.each([
    ['corpora', corpora],
    ['networks', networks],
    ['front ends', frontEnds],
    ['optimizers', optimizers],
  ] as const)('have one meaning for all %s that read them, and defaults', (_, { members }) => {
    const meanings = new Map<string, string>();
    for (const { settings } of members as readonly Definition[]) {
      expect(settings.safeParse({}).success).toBe(true);
      const { properties = {} } = z.toJSONSchema(settings, { io: 'input' });
      for (const [key, property] of Object.entries(properties)) {
        const meaning = JSON.stringify(property);
        expect(meanings.get(key) ?? meaning).toBe(meaning);
        meanings.set(key, meaning);
      }
    }
  });
});

describe('a member is created with its defaults', () => {
  it.each(networks.names)('network %s', (name) => {
    const network = buildNetwork(name, {
      classes: 3,
      input: [1, 32, 24],
      width: 0.125,
      random: new Random(1),
    });
    expect(network.logits.knownShape).toEqual(['batch', 3]);
  });

  it.each(frontEnds.names)('front end %s', (name) => {
    const frontEnd = frontEnds.find(name);
    const samples = new Graph('features').input('samples', ['batch', 16000]);
    const { features } = frontEnd.create(settingsOf(frontEnd, {}), samples, segmentSettings.parse({}));
    expect(features.knownShape.length).toBe(3);
  });

  it.each(optimizers.names)('optimizer %s, with the learning rate of the training', (optimizer) => {
    const training = trainingSettings.parse({ optimizer, learningRate: 0.25, weightDecay: 0.5 });
    expect(optimizerOf(training)).toMatchObject({ kind: optimizer, learningRate: 0.25, weightDecay: 0.5 });
  });

  it.each(methodPresets.members)('method $name', (preset) => {
    expect(preset.create(null)).toMatchObject({ id: preset.name, description: preset.description });
  });

  it('a split', () => {
    const clips = Array.from({ length: 40 }, (_, i) => ({
      id: `${i}`,
      path: `/${i}.wav`,
      labels: { digit: `${i % 2}`, speaker: `${i % 5}` },
    }));
    const settings = splitSettings.parse({ kind: 'random' });
    const context = { target: 'digit', orthogonal: 'speaker' };
    expect(makeSplit(clips, settings, context, new Random(1)).train.length).toBe(28);
  });
});

describe('a registry of two', () => {
  const one = {
    name: 'one',
    description: 'reads a',
    settings: z.strictObject({ a: z.number().default(1) }),
  } as const;
  const two = {
    name: 'two',
    description: 'reads a and b',
    settings: z.strictObject({ a: z.number().default(1), b: z.array(z.string()).default(['x']) }),
  } as const;
  const both = registryOf<Definition>('thing')(one, two);

  it('keeps names and settings in their types', () => {
    const names: readonly ['one', 'two'] = both.names;
    const shape: { a: z.ZodDefault<z.ZodNumber>; b: z.ZodDefault<z.ZodArray<z.ZodString>> } = shapeOf(both);
    expect([names, Object.keys(shape)]).toEqual([
      ['one', 'two'],
      ['a', 'b'],
    ]);
  });

  it('gives each its own of flat settings', () => {
    expect(settingsOf(one, { a: 2, b: ['y'] })).toEqual({ a: 2 });
    expect(settingsOf(two, { c: 3 })).toEqual({ a: 1, b: ['x'] });
  });

  it('says which settings the chosen one does not read, but for defaults', () => {
    expect(unreadOf(both, 'one', { a: 5, b: ['y'] })).toEqual([{ key: 'b', readers: ['two'] }]);
    expect(unreadOf(both, 'one', { a: 5, b: ['x'] })).toEqual([]);
    expect(unreadOf(both, 'one', { a: 5 })).toEqual([]);
    expect(unreadOf(both, 'two', { a: 5, b: ['y'] })).toEqual([]);
  });

  it('refuses two of one name', () => {
    const again = { name: 'one', description: 'another', settings: noSettings } as const;
    expect(() => registryOf<Definition>('thing')(one, again)).toThrow(/Two of one name: one, one/);
  });
});
