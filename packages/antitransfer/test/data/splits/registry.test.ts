import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { folds, makeSplit, type SplitContext } from '../../../src/data/splits/make-split.js';
import { type SplitSettings, splitSettings } from '../../../src/data/splits/registry.js';
import { type Split, sides } from '../../../src/data/splits/split.js';
import { countBy, digitClips, fsddSpeakers } from './clips.js';

interface Row {
  readonly settings: z.input<typeof splitSettings>;
  readonly clips?: readonly Clip[];
  readonly orthogonal?: string;
  /** The column whose labels are on one side alone. */
  readonly group?: string;
  /** The number of clips that no side uses. */
  readonly unused: number | 'some';
  /** False for a split that draws nothing. */
  readonly seeded?: boolean;
}

const corpus = digitClips(fsddSpeakers, 50);
const listed = corpus.map((clip) => {
  const take = Number(clip.labels.take);
  const list = take < 5 ? 'testing' : take < 10 ? 'validation' : take < 40 ? 'training' : 'spare';
  return { ...clip, labels: { ...clip.labels, list } };
});
const manySpeakers = digitClips(
  Array.from({ length: 40 }, (_, index) => `s${index}`),
  (digit, speaker) => 1 + ((digit * 7 + Number(speaker.slice(1)) * 3) % 4),
);
const noises = ['bike', 'cat', 'dishes', 'pink', 'tap', 'white'].map((name) => ({
  name,
  path: `/noise/${name}.wav`,
  duration: 60,
}));

/** A row for each kind: a kind without one does not compile. */
const rows: Record<SplitSettings['kind'], Row> = {
  random: { settings: { kind: 'random' }, unused: 0 },
  stratified: { settings: { kind: 'stratified' }, unused: 0 },
  group: { settings: { kind: 'group', column: 'speaker' }, clips: manySpeakers, group: 'speaker', unused: 0 },
  'k-fold': { settings: { kind: 'k-fold', column: 'speaker', folds: 6 }, group: 'speaker', unused: 0 },
  lists: { settings: { kind: 'lists', column: 'list' }, clips: listed, unused: 600, seeded: false },
  'fsdd-official': { settings: { kind: 'fsdd-official' }, unused: 0, seeded: false },
  confounded: { settings: { kind: 'confounded' }, unused: 'some' },
  'confounded-noise': {
    settings: { kind: 'confounded-noise', column: 'speaker' },
    clips: manySpeakers,
    orthogonal: 'noise',
    group: 'speaker',
    unused: 0,
  },
};

function splitsOf(
  { settings, clips = corpus, orthogonal = 'speaker' }: Row,
  seed = 1,
  order = clips,
): Split[] {
  const parsed = splitSettings.parse(settings);
  const context: SplitContext = { target: 'digit', orthogonal, noises };
  return folds(parsed).map((fold) => makeSplit(order, parsed, context, new Random(seed), fold));
}

const plain = ({ contradicts: _, ...rest }: Split) => rest;
const pathsOf = (clips: readonly Clip[]) => clips.map(({ path }) => path);

it('every kind of the schema has a row', () => {
  const kinds = splitSettings.options.map((option) => option.shape.kind.value);
  expect(Object.keys(rows).sort()).toEqual([...kinds].sort());
});

it('every setting is described, down to the last key', () => {
  const undescribed: string[] = [];
  const visit = (schema: z.core.JSONSchema.BaseSchema, path: string) => {
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      if (typeof property !== 'object') continue;
      if (property.description === undefined) undescribed.push(`${path}.${key}`);
      visit(property, `${path}.${key}`);
    }
  };
  const kindOf = ({ properties = {} }: z.core.JSONSchema.BaseSchema) =>
    String((properties.kind as { const: string }).const);
  const { oneOf = [] } = z.toJSONSchema(splitSettings, { io: 'input' });
  expect(oneOf).toHaveLength(splitSettings.options.length);
  for (const option of oneOf) visit(option, kindOf(option));
  expect(undescribed).toEqual([]);
});

describe.each(Object.entries(rows))('split %s', (_kind, row) => {
  const splits = splitsOf(row);
  const clips = row.clips ?? corpus;

  it('has no recording on two sides and uses every clip, but for a known rest', () => {
    for (const split of splits) {
      const used = sides.flatMap((side) => pathsOf(split[side]));
      expect(new Set(used).size).toBe(used.length);
      const known = new Set(pathsOf(clips));
      expect(used.filter((path) => !known.has(path))).toEqual([]);
      if (row.unused === 'some') expect(used.length).toBeLessThan(clips.length);
      else expect(clips.length - used.length).toBe(row.unused);
    }
  });

  it('keeps groups on one side', () => {
    if (row.group === undefined) return expect(['group', 'k-fold', 'confounded-noise']).not.toContain(_kind);
    for (const split of splits) {
      const groups = sides.flatMap((side) => [...countBy(split[side], row.group!).keys()]);
      expect(new Set(groups).size).toBe(groups.length);
    }
  });

  it('has every class in training and test', () => {
    for (const split of splits) {
      expect(countBy(split.train, 'digit').size).toBe(10);
      expect(countBy(split.test, 'digit').size).toBe(10);
      expect(split.validation.length).toBeGreaterThan(0);
    }
  });

  it('keeps the penalty from the test', () => {
    for (const { penalty, test } of splits) {
      if (penalty === undefined) continue;
      const tested = new Set(pathsOf(test));
      const own = [...penalty.train, ...penalty.validation];
      expect(pathsOf(own).filter((path) => tested.has(path))).toEqual([]);
      const trained = new Set(pathsOf(penalty.train));
      expect(pathsOf(penalty.validation).filter((path) => trained.has(path))).toEqual([]);
      expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
    }
  });

  it('is the same for the same seed, whatever the order of the clips, and another for another seed', () => {
    const shuffled = splitsOf(row, 1, new Random(9).shuffle(clips));
    expect(shuffled.map(plain)).toEqual(splits.map(plain));
    const other = splitsOf(row, 2).map(plain);
    if (row.seeded === false) expect(other).toEqual(splits.map(plain));
    else expect(other).not.toEqual(splits.map(plain));
  });

  it('does not advance the random stream and says what it is', () => {
    const random = new Random(3);
    const before = random.state();
    const parsed = splitSettings.parse(row.settings);
    const context = { target: 'digit', orthogonal: row.orthogonal ?? 'speaker', noises };
    makeSplit(clips, parsed, context, random, folds(parsed)[0]);
    expect(random.state()).toEqual(before);
    expect(splits[0]!.description).toMatch(new RegExp(`^${_kind}: `));
  });
});

describe('sizes', () => {
  it('random and stratified give 70/20/10', () => {
    for (const kind of ['random', 'stratified'] as const) {
      const [split] = splitsOf(rows[kind]);
      expect(sides.map((side) => split![side].length)).toEqual([2100, 600, 300]);
    }
    const [stratified] = splitsOf(rows.stratified);
    expect(new Set(countBy(stratified!.test, 'digit').values())).toEqual(new Set([30]));
  });

  it('fractions below 1 leave clips unused', () => {
    for (const kind of ['random', 'stratified'] as const) {
      const settings = { kind, fractions: { train: 0.3, validation: 0.1, test: 0.1 } };
      const [split] = splitsOf({ settings, unused: 1500 });
      expect(sides.map((side) => split![side].length)).toEqual([900, 300, 300]);
    }
  });

  it('group meets the fractions of each class within a few percent', () => {
    for (const seed of [1, 2, 3]) {
      const [split] = splitsOf(rows.group, seed);
      const all = countBy(manySpeakers, 'digit');
      for (const [side, fraction] of [
        ['train', 0.7],
        ['validation', 0.2],
        ['test', 0.1],
      ] as const) {
        for (const [digit, count] of countBy(split![side], 'digit')) {
          expect(Math.abs(count / all.get(digit)! - fraction)).toBeLessThan(0.04);
        }
      }
    }
  });

  it('k-fold tests every clip once', () => {
    const tested = splitsOf(rows['k-fold']).flatMap(({ test }) => pathsOf(test));
    expect(tested.sort()).toEqual(pathsOf(corpus).sort());
  });

  it('fsdd-official tests takes 0 to 4', () => {
    const [split] = splitsOf(rows['fsdd-official']);
    expect([...countBy(split!.test, 'take').keys()].sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(sides.map((side) => split![side].length)).toEqual([2400, 300, 300]);
  });

  it('lists by ids take what is listed', () => {
    const [train, validation, test] = [
      ['0_theo_1.wav', '1_theo_1.wav'],
      ['1_theo_2.wav'],
      ['0_theo_3.wav', '1_theo_3.wav'],
    ];
    const settings = {
      kind: 'lists' as const,
      clips: { train: train!, validation: validation!, test: test! },
    };
    const [split] = splitsOf({ settings, unused: 2995 });
    expect(sides.map((side) => split![side].map(({ id }) => id))).toEqual([train, validation, test]);
  });
});
