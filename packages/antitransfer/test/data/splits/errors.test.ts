import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { checkSplit } from '../../../src/data/splits/check.js';
import { makeSplit, type SplitContext } from '../../../src/data/splits/make-split.js';
import { splitSettings } from '../../../src/data/splits/registry.js';
import { type Split, SplitError } from '../../../src/data/splits/split.js';
import { UserError } from '../../../src/errors.js';
import { digitClips, fsddSpeakers } from './clips.js';

const clips = digitClips(['ann', 'bob', 'cy', 'dee'], 10, 3);
const byTake = (low: number, high: number) =>
  clips.filter(({ labels }) => Number(labels.take) >= low && Number(labels.take) < high);
const sound: Split = { train: byTake(0, 6), validation: byTake(6, 8), test: byTake(8, 10), description: '' };
const bySpeaker = (...names: string[]) => clips.filter(({ labels }) => names.includes(labels.speaker!));

/** The message of the error, which must be one that a user can read. */
function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SplitError);
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

describe('checkSplit', () => {
  const check = (split: Partial<Split>, group?: string) =>
    messageOf(() => checkSplit({ ...sound, ...split }, { target: 'digit', ...(group && { group }) }));

  it('passes a sound split on', () => {
    expect(checkSplit(sound, { target: 'digit' })).toBe(sound);
    const grouped = {
      ...sound,
      train: bySpeaker('ann', 'bob'),
      validation: bySpeaker('cy'),
      test: bySpeaker('dee'),
    };
    expect(checkSplit(grouped, { target: 'digit', group: 'speaker' })).toBe(grouped);
  });

  it('names a group on two sides, the sides and the counts', () => {
    expect(check({}, 'speaker')).toContain(
      'The speaker "ann" is on 3 sides: 18 clips in train, 6 clips in validation, 6 clips in test. Give it to one side',
    );
  });

  it('names a class that is missing, the side and the counts', () => {
    const test = sound.test.filter(({ labels }) => labels.digit !== '2');
    expect(check({ test })).toMatch(
      /The digit "2" has no clips in test \(train 24, validation 8, test 0\)\..*leave that class out: data\.labels\.digit\.drop: \[2\]/,
    );
  });

  it('names a recording on two sides, whatever noise is in it', () => {
    const noisy: Clip = { ...sound.train[0]!, id: 'other', noise: { path: '/n.wav', start: 0, snr: 3 } };
    expect(check({ test: [...sound.test, noisy] })).toContain(
      '1 recordings, such as "other", are both in train',
    );
    expect(check({ penalty: { train: sound.test, validation: [] } })).toContain(
      'both in the penalty (24 clips)',
    );
  });

  it('names a file whose segments are on two sides, and whether they overlap', () => {
    const segment = (path: string, start: number, digit: string): Clip => {
      return { id: `${path}#${start}`, path, start, duration: 1, labels: { digit } };
    };
    const train = [segment('/a', 0, 'a'), segment('/b', 0, 'b')];
    const on = (test: Clip) => ({
      train,
      validation: [segment('/v', 0, 'a')],
      test: [segment('/t', 0, 'a'), segment('/u', 0, 'b'), test],
    });
    expect(check(on(segment('/b', 0.5, 'b')))).toContain(
      '1 recordings, such as "/b#0.5", are both in train (2 clips) and in test (3 clips). Give each recording',
    );
    expect(check(on(segment('/b', 1, 'b')))).toContain(
      '"/b#1", are both in train (2 clips) and in test (3 clips), as segments that do not overlap but share voice',
    );
  });

  it('names an empty side, and a target with one class', () => {
    expect(check({ validation: [] })).toContain(
      'There are no validation clips (train 72, validation 0, test 24)',
    );
    const zeros = Object.fromEntries(
      (['train', 'validation', 'test'] as const).map((side) => [
        side,
        sound[side].filter(({ labels }) => labels.digit === '0'),
      ]),
    );
    expect(check(zeros)).toContain('All clips of the split have the digit "0"');
  });
});

describe('makeSplit', () => {
  const fail = (
    settings: z.input<typeof splitSettings>,
    {
      from = clips,
      fold,
      ...context
    }: Partial<SplitContext> & { from?: readonly Clip[]; fold?: number } = {},
  ) =>
    messageOf(() =>
      makeSplit(
        from,
        splitSettings.parse(settings),
        { target: 'digit', orthogonal: 'speaker', ...context },
        new Random(1),
        fold,
      ),
    );

  it('says which label a clip lacks', () => {
    expect(fail({ kind: 'random' }, { target: 'word' })).toContain(
      'Clip "0_ann_0.wav" has no label "word"; its labels are: digit, speaker, take.',
    );
  });

  it('refuses ids that are not unique', () => {
    expect(fail({ kind: 'random' }, { from: [...clips, clips[0]!] })).toContain(
      'Two clips have the id "0_ann_0.wav"',
    );
  });

  it('says when there are too few groups or folds', () => {
    const two = bySpeaker('ann', 'bob');
    expect(fail({ kind: 'group', column: 'speaker' }, { from: two })).toContain('has 2 labels (ann, bob)');
    expect(fail({ kind: 'k-fold', column: 'speaker', folds: 5 }, { fold: 0 })).toContain(
      '5 folds need 5 or more',
    );
    expect(fail({ kind: 'k-fold', column: 'speaker', folds: 4 }, { fold: 4 })).toContain(
      'There is no fold 4',
    );
    expect(fail({ kind: 'k-fold', column: 'speaker', folds: 4 })).toContain('There is no fold undefined');
  });

  it('says when a group holds all of a class', () => {
    const from = clips.filter(({ labels }) => labels.digit !== '2' || labels.speaker === 'ann');
    expect(fail({ kind: 'group', column: 'speaker' }, { from })).toMatch(
      /The digit "2" has no clips in (train|test)/,
    );
  });

  it('says which list is wrong', () => {
    const lists = { train: ['0_ann_0.wav'], validation: ['0_ann_1.wav'], test: ['nobody.wav'] };
    expect(fail({ kind: 'lists', clips: lists })).toContain('The list "test" names the clip "nobody.wav"');
    const twice = { ...lists, test: ['0_ann_0.wav'] };
    expect(fail({ kind: 'lists', clips: twice })).toContain('both in train (1 clips) and in test (1 clips)');
    expect(fail({ kind: 'lists', column: 'speaker' })).toContain('No clip has the speaker "training"');
  });

  it('says when there are not enough owners, or nobody can own a class', () => {
    expect(fail({ kind: 'confounded', owners: 4 })).toContain('"owners" is 4');
    const from = digitClips(fsddSpeakers, (digit, speaker) => (digit > 4 && speaker !== 'theo' ? 0 : 20));
    expect(fail({ kind: 'confounded', owners: 6 }, { from })).toContain('cannot be shared out among 6');
  });

  it('says what noises are needed', () => {
    const noises = ['a', 'b', 'c'].map((name) => ({ name, path: `/${name}.wav`, duration: 2 }));
    const settings = { kind: 'confounded-noise' as const };
    expect(fail(settings, { noises })).toContain('the orthogonal column is "speaker"');
    const noise = { orthogonal: 'noise', from: digitClips(['ann', 'bob', 'cy', 'dee', 'eve'], 6, 4) };
    expect(fail(settings, noise)).toContain('there are 0 noises (none)');
    expect(fail(settings, { ...noise, noises })).toMatch(
      /The noise "." lasts 2 s: its test part has no segment of 1 s/,
    );
  });
});

describe('settings', () => {
  it.each([
    [{ kind: 'randm' }],
    [{ kind: 'random', fraction: 0.1 }],
    [{ kind: 'random', fractions: { train: 0.7, validation: 0.3, test: 0.1 } }],
    [{ kind: 'confounded', strength: 1.1 }],
    [{ kind: 'lists' }],
    [{ kind: 'k-fold', column: 'speaker', folds: 1 }],
  ])('refuse %j', (settings) => {
    expect(splitSettings.safeParse(settings).success).toBe(false);
  });
});
