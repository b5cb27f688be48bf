import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { folds, makeSplit } from '../../../src/data/splits/make-split.js';
import { Recordings } from '../../../src/data/splits/recordings.js';
import { type SplitSettings, splitSettings } from '../../../src/data/splits/registry.js';
import { type Split, sides } from '../../../src/data/splits/split.js';
import { digitClips } from './clips.js';

const speakers = Array.from({ length: 12 }, (_, index) => `s${index}`);
const noises = ['bike', 'cat', 'dishes', 'pink'].map((name) => ({
  name,
  path: `/noise/${name}.wav`,
  duration: 60,
}));

/** The lists of a corpus whose takes are its parts. */
const listOf = (take: number) => (take < 5 ? 'testing' : take < 10 ? 'validation' : 'training');

/** Two to four windows of every recording of one digit: some overlap, some touch, some lie apart. */
const windows = digitClips(speakers, 15).flatMap((clip, place) =>
  Array.from({ length: 2 + (place % 3) }, (_, window): Clip => {
    const start = window * [0.5, 1, 1.5][place % 3]!;
    const labels = { ...clip.labels, list: listOf(Number(clip.labels.take)) };
    return { ...clip, id: `${clip.id}#${start}`, labels, start, duration: 1 };
  }),
);

/** Sessions: each file holds all digits of a speaker's take, one after another. */
const sessions = digitClips(speakers, 15).map((clip): Clip => {
  const { digit, speaker, take } = clip.labels;
  const labels = { ...clip.labels, list: listOf(Number(take)) };
  return {
    ...clip,
    labels,
    path: `/sessions/${speaker}_${take}.wav`,
    start: Number(digit) * 0.9,
    duration: 1,
  };
});

/** Dialogues: each file holds all that two speakers said, so that neither can be had without the other. */
const dialogues = digitClips(speakers, 15).map((clip, place): Clip => {
  const pair = Math.floor(speakers.indexOf(clip.labels.speaker!) / 2);
  const path = `/dialogues/${pair}_${clip.labels.take}.wav`;
  return { ...clip, labels: { ...clip.labels, list: listOf(Number(clip.labels.take)) }, path, start: place };
});

const corpora = { windows, sessions, dialogues };

/** Settings for each kind, and how much of the clips each side should have; a kind without does not compile. */
const kinds: Record<
  SplitSettings['kind'],
  { settings: z.input<typeof splitSettings>; shares?: readonly [number, number, number]; orthogonal?: string }
> = {
  random: { settings: { kind: 'random' }, shares: [0.7, 0.2, 0.1] },
  stratified: { settings: { kind: 'stratified' }, shares: [0.7, 0.2, 0.1] },
  group: {
    settings: {
      kind: 'group',
      column: 'speaker',
      fractions: { train: 0.5, validation: 0.25, test: 0.25 },
    },
    shares: [0.5, 0.25, 0.25],
  },
  'k-fold': { settings: { kind: 'k-fold', column: 'speaker', folds: 3 } },
  lists: { settings: { kind: 'lists', column: 'list' } },
  'fsdd-official': { settings: { kind: 'fsdd-official' } },
  confounded: { settings: { kind: 'confounded' } },
  'confounded-noise': {
    settings: {
      kind: 'confounded-noise',
      fractions: { train: 0.5, validation: 0.25, test: 0.25 },
    },
    shares: [0.5, 0.25, 0.25],
    orthogonal: 'noise',
  },
};

function splitsOf(kind: SplitSettings['kind'], clips: readonly Clip[], seed: number): Split[] {
  const { settings, orthogonal = 'speaker' } = kinds[kind];
  const parsed = splitSettings.parse(settings);
  const context = { target: 'digit', orthogonal, noises };
  return folds(parsed).map((fold) => makeSplit(clips, parsed, context, new Random(seed), fold));
}

const filesOf = (clips: readonly Clip[]) => new Set(clips.map(({ path }) => path));
const shared = (a: readonly Clip[], b: readonly Clip[]) => {
  const files = filesOf(a);
  return [...filesOf(b)].filter((path) => files.has(path));
};

describe.each(Object.keys(corpora) as (keyof typeof corpora)[])('a corpus of %s', (name) => {
  const clips = corpora[name];

  it.each(Object.keys(kinds) as SplitSettings['kind'][])('has no file on two sides of a split %s', (kind) => {
    for (const seed of [1, 2]) {
      for (const split of splitsOf(kind, clips, seed)) {
        const { train, validation, test, penalty } = split;
        expect(shared(train, validation)).toEqual([]);
        expect(shared(train, test)).toEqual([]);
        expect(shared(validation, test)).toEqual([]);
        if (penalty) {
          expect(penalty.train.length).toBeGreaterThan(0);
          expect(penalty.validation.length).toBeGreaterThan(0);
          expect(shared(penalty.train, test)).toEqual([]);
          expect(shared(penalty.validation, test)).toEqual([]);
          expect(shared(penalty.train, penalty.validation)).toEqual([]);
        }
        const { shares } = kinds[kind];
        for (const [place, side] of sides.entries()) {
          if (shares === undefined) continue;
          expect(Math.abs(split[side].length / clips.length - shares[place]!), side).toBeLessThan(0.09);
        }
      }
    }
  });

  it('keeps the parts that a confounded split tests and validates on', () => {
    for (const split of splitsOf('confounded', clips, 1)) {
      expect(Math.abs(split.test.length / clips.length - 0.2)).toBeLessThan(0.05);
      expect(new Set(split.validation.map(({ labels }) => labels.digit)).size).toBe(10);
    }
  });
});

it('a confounded split in the order of takes keeps files whole too', () => {
  const settings = splitSettings.parse({ kind: 'confounded', order: 'take' });
  for (const clips of [windows, sessions]) {
    const split = makeSplit(clips, settings, { target: 'digit', orthogonal: 'speaker' }, new Random(1));
    expect(shared(split.train, split.test)).toEqual([]);
    expect(new Set(split.test.map(({ labels }) => labels.take))).toEqual(new Set(['0', '1', '2']));
  }
});

it('says when files hold clips of several groups, so that too few are left', () => {
  const all = dialogues.map((clip) => ({ ...clip, path: `/all/${clip.labels.take}.wav` }));
  for (const kind of ['group', 'k-fold'] as const) {
    expect(() => splitsOf(kind, all, 1)).toThrow(
      'has 12 labels (s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11), but files hold clips of several, so that ' +
        'only 1 groups can be told apart',
    );
  }
});

describe('paths', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-paths-'));
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    await Promise.all(
      Array.from({ length: 40 }, async (_, place) => {
        await writeFile(join(folder, 'real', `${place}.wav`), '');
        await symlink(join(folder, 'real', `${place}.wav`), join(folder, `${place}.wav`));
      }),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are one recording when they lead to one file', () => {
    const recordings = new Recordings([]);
    const [first, ...others] = ['real/3.wav', './real/../real/3.wav', '3.wav', 'linked/3.wav'].map((path) =>
      recordings.of({ path: `${folder}/${path}` }),
    );
    expect(new Set(others)).toEqual(new Set([first]));
    expect(recordings.of({ path: `${folder}/real/4.wav` })).not.toBe(first);
    expect(recordings.of({ path: '/nowhere/a/../b.wav' })).toBe(recordings.of({ path: '/nowhere/b.wav' }));
  });

  it.each(['random', 'stratified'] as const)('of one file stay on one side of a split %s', (kind) => {
    const clips = Array.from({ length: 40 }, (_, place) =>
      ['real/', 'linked/', './', 'real/../'].map(
        (prefix): Clip => ({
          id: `${prefix}${place}`,
          path: `${folder}/${prefix}${place}.wav`,
          labels: { digit: String(place % 2), speaker: 'ann' },
        }),
      ),
    ).flat();
    const [split] = splitsOf(kind, clips, 1);
    const filesOn = sides.map((side) => new Set(split![side].map(({ id }) => id.split('/').at(-1))));
    expect(filesOn.map(({ size }) => size)).toEqual([28, 8, 4]);
    expect(new Set(filesOn.flatMap((files) => [...files])).size).toBe(40);
  });
});
