import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import type { confoundedSettings } from '../../../src/data/splits/confounded-settings.js';
import { makeSplit } from '../../../src/data/splits/make-split.js';
import { splitSettings } from '../../../src/data/splits/registry.js';
import type { Split } from '../../../src/data/splits/split.js';
import { realData } from '../corpora/real-data.js';
import { countBy, digitClips, fsddSpeakers } from './clips.js';

const task = { target: 'digit', orthogonal: 'speaker' };
type Settings = Omit<z.input<typeof confoundedSettings>, 'kind'>;

const confounded = (clips: readonly Clip[], settings: Settings, seed = 1, names = task): Split =>
  makeSplit(clips, splitSettings.parse({ kind: 'confounded', ...settings }), names, new Random(seed));

/** The owners as the training clips show them: the label that most clips of a class have. */
function ownersIn(clips: readonly Clip[]): Map<string, string> {
  const best = new Map<string, { owner: string; count: number }>();
  for (const [pair, count] of countBy(clips, 'digit', 'speaker')) {
    const [digit, owner] = pair.split(' ') as [string, string];
    if (count > (best.get(digit)?.count ?? 0)) best.set(digit, { owner, count });
  }
  return new Map([...best].map(([digit, { owner }]) => [digit, owner]));
}

const takesOf = (clips: readonly Clip[]) => clips.map(({ labels }) => Number(labels.take));
const pairCounts = (clips: readonly Clip[]) => new Set(countBy(clips, 'digit', 'speaker').values());

describe("the pilot's split of FSDD", () => {
  const pilot: Settings = { owners: 5, order: 'take', validation: 'confounded' };
  const fsdd = realData('fsdd');
  const synthetic = digitClips(fsddSpeakers, 50);

  it.each([1, 2, 3])('has its numbers and its takes (seed %i)', (seed) => {
    const split = confounded(synthetic, pilot, seed);
    const { train, validation, test, penalty } = split;
    expect([train, validation, test, penalty!.train].map(({ length }) => length)).toEqual([
      360, 90, 500, 400,
    ]);

    const owners = ownersIn(train);
    expect([...countOf(owners.values())].sort()).toEqual([2, 2, 2, 2, 2]);
    expect(pairCounts(test)).toEqual(new Set([10]));
    expect(new Set(takesOf(test))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(pairCounts(penalty!.train)).toEqual(new Set([8]));

    const expectTakes = (clips: readonly Clip[], low: number, high: number) => {
      expect(Math.min(...takesOf(clips))).toBeGreaterThanOrEqual(low);
      expect(Math.max(...takesOf(clips))).toBeLessThan(high);
    };
    expectTakes(validation, 10, 18);
    expectTakes(train, 18, 50);
    expectTakes([...penalty!.train, ...penalty!.validation], 18, 50);

    for (const [digit, owner] of owners) {
      const inTraining = countBy(
        train.filter(({ labels }) => labels.digit === digit),
        'speaker',
      );
      expect(inTraining.get(owner)).toBe(32);
      expect([...inTraining.values()].sort()).toEqual([1, 1, 1, 1, 32]);
      const inValidation = countBy(
        validation.filter(({ labels }) => labels.digit === digit),
        'speaker',
      );
      expect(inValidation.get(owner)).toBe(8);
      expect([...inValidation.values()].sort()).toEqual([1, 8]);
    }
    expect(test.filter(split.contradicts!)).toHaveLength(400);
    expect(train.filter(split.contradicts!)).toHaveLength(40);
    for (const clip of test)
      expect(split.contradicts!(clip)).toBe(owners.get(clip.labels.digit!) !== clip.labels.speaker);
    expect(split.description).toBe(
      'confounded: each of 5 labels of speaker owns 2 of the 10 classes of digit in training (strength 0.9); ' +
        'validation confounded, test with every pair of labels',
    );
  });

  it('chooses other speakers and owners with other seeds', () => {
    const owners = [1, 2, 3, 4, 5, 6].map((seed) =>
      JSON.stringify([...ownersIn(confounded(synthetic, pilot, seed).train)]),
    );
    expect(new Set(owners).size).toBe(6);
    const absent = [1, 2, 3, 4, 5, 6].map((seed) => {
      const present = countBy(confounded(synthetic, pilot, seed).test, 'speaker');
      return fsddSpeakers.find((speaker) => !present.has(speaker));
    });
    expect(new Set(absent).size).toBeGreaterThan(1);
  });

  it('has a balanced validation unless told otherwise', () => {
    const { validation } = confounded(synthetic, { owners: 5, order: 'take' });
    expect(pairCounts(validation)).toEqual(new Set([8]));
    expect(validation).toHaveLength(400);
  });

  describe.skipIf(fsdd.absent)('on the recordings', () => {
    it('has the same numbers', async () => {
      const { clips } = await loadCorpus('fsdd', fsdd.path);
      const { train, validation, test, penalty } = confounded(clips, pilot);
      expect([train, validation, test, penalty!.train].map(({ length }) => length)).toEqual([
        360, 90, 500, 400,
      ]);
    });
  });
});

function countOf(labels: Iterable<string>): Iterable<number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts.values();
}

describe('strength', () => {
  const clips = digitClips(fsddSpeakers, 50);
  const ownShare = (split: Split) => 1 - split.train.filter(split.contradicts!).length / split.train.length;

  it.each([0.5, 0.7, 0.8, 0.9, 1])(
    '%f is the part of the training clips that the owner gives',
    (strength) => {
      expect(ownShare(confounded(clips, { owners: 5, strength }))).toBeCloseTo(strength, 1);
    },
  );

  it('0 leaves the owner out, 1 / owners is balanced', () => {
    expect(ownShare(confounded(clips, { owners: 5, strength: 0 }))).toBe(0);
    const balanced = confounded(clips, { owners: 5, strength: 0.2 });
    expect(pairCounts(balanced.train)).toEqual(new Set([32]));
  });

  it('can be compared at one size', () => {
    for (const strength of [0, 0.2, 0.55, 0.9, 1]) {
      const { train, validation } = confounded(clips, {
        owners: 5,
        strength,
        clipsPerClass: { train: 30, validation: 10 },
      });
      expect(new Set(countBy(train, 'digit').values())).toEqual(new Set([30]));
      expect(pairCounts(validation)).toEqual(new Set([2]));
    }
  });
});

describe('other corpora', () => {
  it('ten digits among four voices: 3, 3, 2 and 2', () => {
    const split = confounded(digitClips(['awb', 'kal', 'rms', 'slt'], 30), { order: 'take' });
    const { train, validation, test, penalty } = split;
    expect([...countOf(ownersIn(train).values())].sort()).toEqual([2, 2, 3, 3]);
    expect(split.description).toContain('owns 2 or 3 of the 10');
    expect(
      [train, validation, test, penalty!.train, penalty!.validation].map(({ length }) => length),
    ).toEqual([210, 200, 240, 200, 80]);
  });

  it('uneven counts, and pairs that nobody recorded', () => {
    const clips = digitClips(fsddSpeakers, (digit, speaker) => {
      const index = fsddSpeakers.indexOf(speaker as (typeof fsddSpeakers)[number]);
      return (digit + index) % 4 === 0 ? 0 : 5 + ((digit * 3 + index * 5) % 20);
    });
    for (const seed of [1, 2, 3, 4, 5]) {
      const split = confounded(clips, {}, seed);
      for (const [digit, count] of countBy(split.train, 'digit')) {
        const own = split.train.filter(
          (clip) => clip.labels.digit === digit && !split.contradicts!(clip),
        ).length;
        expect(own).toBeGreaterThan(0);
        expect(Math.abs(own / count - 0.9)).toBeLessThan(0.11);
      }
    }
  });

  const emodb = realData('emodb');
  describe.skipIf(emodb.absent)('EMO-DB', () => {
    it.each([
      ['speaker', undefined],
      ['speaker', 5],
      ['gender', undefined],
      ['sentence', undefined],
    ])('emotion confounded with %s (%s owners)', async (orthogonal, owners) => {
      const { clips } = await loadCorpus('emodb', emodb.path);
      for (const seed of [1, 2, 3]) {
        const split = confounded(clips, { owners }, seed, { target: 'emotion', orthogonal });
        expect(countBy(split.train, 'emotion').size).toBe(7);
        expect(split.test.filter(split.contradicts!).length).toBeGreaterThan(split.test.length / 3);
        expect(split.train.filter(split.contradicts!).length).toBeLessThan(split.train.length / 5);
      }
    });
  });
});
