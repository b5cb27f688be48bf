import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { columnOfGroups, folds, makeSplit } from '../../../src/data/splits/make-split.js';
import { splitSettings, splits } from '../../../src/data/splits/registry.js';
import { SplitError } from '../../../src/data/splits/split.js';
import { countBy, digitClips, fsddSpeakers } from './clips.js';

const corpus = digitClips(fsddSpeakers, 50);
const task = { target: 'digit', orthogonal: 'speaker' };

function drawn(settings: z.input<typeof splitSettings>, clips = corpus) {
  const parsed = splitSettings.parse(settings);
  return folds(parsed).map((fold) => makeSplit(clips, parsed, task, new Random(1), fold));
}

describe.each([
  ['k-fold', { kind: 'k-fold', column: 'speaker', folds: 6 }],
  ['group', { kind: 'group', column: 'speaker' }],
] as const)('validation clips of the split %s', (_, settings) => {
  const speakersOf = (clips: (typeof corpus)[number][]) => [...countBy(clips, 'speaker').keys()].sort();

  it('are of groups that are held out whole, unless told otherwise', () => {
    for (const { train, validation, test } of drawn(settings)) {
      const [ofTrain, ofValidation, ofTest] = [train, validation, test].map((side) => speakersOf([...side]));
      const all = [...ofTrain!, ...ofValidation!, ...ofTest!];
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('are other clips of the groups that train where that is asked; the groups of the test are its own', () => {
    const asked = { ...settings, validationClips: 'training-groups' } as const;
    expect(columnOfGroups(splitSettings.parse(asked))).toBe('speaker');
    for (const { train, validation, test, description } of drawn(asked)) {
      expect(speakersOf([...validation])).toEqual(speakersOf([...train]));
      expect(speakersOf([...train]).filter((speaker) => countBy(test, 'speaker').has(speaker))).toEqual([]);
      const part = validation.length / (train.length + validation.length);
      const wanted = settings.kind === 'k-fold' ? 0.2 : 0.2 / 0.9;
      expect(Math.abs(part - wanted)).toBeLessThan(0.01);
      expect(new Set(countBy(validation, 'digit').values()).size).toBeLessThanOrEqual(2);
      expect(description).toContain("no speaker of the test on another side, validation of training's");
    }
  });
});

describe('the next fold as validation', () => {
  const settings = { kind: 'k-fold', column: 'speaker', folds: 6, validation: 'next-fold' } as const;

  it('lets each fold test once and choose once, and the others train', () => {
    const found = drawn(settings);
    const idsOf = (clips: (typeof corpus)[number][]) => clips.map(({ id }) => id).sort();
    for (const [fold, { train, validation, test, description }] of found.entries()) {
      expect(idsOf([...validation])).toEqual(idsOf([...found[(fold + 1) % 6]!.test]));
      expect(new Set([...train, ...validation, ...test]).size).toBe(corpus.length);
      expect([train, validation, test].map((side) => countBy([...side], 'speaker').size)).toEqual([4, 1, 1]);
      expect(description).toContain('validation by the next one, no speaker on two sides');
    }
  });

  it('needs a third fold to train, and groups of its own', () => {
    expect(() => drawn({ ...settings, folds: 2 })).toThrow(
      /of 2 folds.*leaves none to train\. Use 3 or more/,
    );
    expect(() => drawn({ ...settings, validationClips: 'training-groups' })).toThrow(
      /next fold has groups of its own.*leave "validationClips" out/,
    );
    expect(() => splitSettings.parse({ ...settings, validation: 'last-fold' })).toThrow();
  });
});

it('two groups are enough where validation needs none of its own', () => {
  const two = digitClips(['ann', 'bob'], 20);
  const settings = { kind: 'k-fold', column: 'speaker', folds: 2 } as const;
  expect(() => drawn(settings, two)).toThrow(SplitError);
  const [first] = drawn({ ...settings, validationClips: 'training-groups' }, two);
  expect([first!.train.length, first!.validation.length, first!.test.length]).toEqual([160, 40, 200]);
  const group = { kind: 'group', column: 'speaker' } as const;
  expect(() => drawn(group, two)).toThrow(SplitError);
  expect(() => drawn({ ...group, validationClips: 'training-groups' }, digitClips(['ann'], 20))).toThrow(
    'training and test need one each',
  );
});

it.each([
  [{ kind: 'random' }, 'training-like'],
  [{ kind: 'stratified' }, 'training-like'],
  [{ kind: 'fsdd-official' }, 'training-like'],
  [{ kind: 'lists', column: 'list' }, 'listed'],
  [{ kind: 'group', column: 'speaker' }, 'held-out-groups'],
  [{ kind: 'group', column: 'speaker', validationClips: 'training-groups' }, 'training-like'],
  [{ kind: 'k-fold', column: 'speaker' }, 'held-out-groups'],
  [{ kind: 'k-fold', column: 'speaker', validation: 'next-fold' }, 'held-out-groups'],
  [{ kind: 'k-fold', column: 'speaker', validationClips: 'training-groups' }, 'training-like'],
  [{ kind: 'confounded' }, 'unconfounded'],
  [{ kind: 'confounded', validation: 'confounded' }, 'training-like'],
  [{ kind: 'confounded-noise' }, 'unconfounded'],
  [{ kind: 'confounded-noise', validation: 'confounded' }, 'training-like'],
] as const)('%j says what its validation clips are', (settings, kind) => {
  const parsed = splitSettings.parse(settings);
  expect(splits.find(parsed.kind).validation(parsed)).toBe(kind);
});
