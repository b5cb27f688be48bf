import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { BeyondSeeds, beyondSeedsNote } from '../../src/answers/beyond-seeds.js';
import type { ComparisonResults, Prediction, RunResult } from '../../src/answers/results.js';
import { summarise } from '../../src/answers/summary.js';
import { judge } from '../../src/answers/verdict/verdict.js';
import { comparisonFixture } from './page/fixture.js';
import { FSDD_METHODS } from './page/fsdd.js';

/** A comparison of two methods in which `correlation-auxiliary` is right where it is said to be. */
function compared(right: (speaker: number, clip: number) => boolean): ComparisonResults {
  const methods = FSDD_METHODS.filter(({ id }) => id === 'none' || id === 'correlation-auxiliary');
  const results = comparisonFixture(new Random(1), { epochs: 2, clips: 200, seeds: 6, methods });
  const answered = (run: RunResult): RunResult => {
    const predictions = run.predictions.map((prediction, clip): Prediction => {
      const isRight = run.method === 'none' ? clip % 2 === 0 : right(clip % 5, clip);
      const other = results.target.classes.find((name) => name !== prediction.truth)!;
      return { ...prediction, predicted: isRight ? prediction.truth : other };
    });
    const accuracy = predictions.filter(({ truth, predicted }) => truth === predicted).length / 200;
    // Seeds differ a little, so that there is a test over them.
    return {
      ...run,
      predictions,
      test: { ...run.test, accuracy: accuracy + (run.seed / 10_000) * (run.method === 'none' ? 1 : -1) },
    };
  };
  return { ...results, runs: results.runs.map(answered) };
}
const METHOD = 'correlation-auxiliary';

describe('a gain beyond seeds', () => {
  /** All of the gain is with one of five speakers. */
  const oneSpeaker = compared((speaker, clip) => speaker === 0 || clip % 2 === 0);
  /** As many more clips, of every speaker. */
  const allSpeakers = compared((_, clip) => clip % 2 === 0 || clip < 40);

  it('knows the clips of the test, and the labels of its orthogonal tasks', () => {
    expect(new BeyondSeeds(oneSpeaker).populations).toEqual([
      { name: 'clip', units: 200 },
      { name: 'speaker', units: 5 },
    ]);
  });

  it('draws splits that seeds share as a whole: a seed told twice says no more', () => {
    const twice = {
      ...allSpeakers,
      runs: allSpeakers.runs.flatMap((run) => [run, { ...run, seed: run.seed + 6, splitSeed: run.seed }]),
    };
    for (const { name } of new BeyondSeeds(allSpeakers).populations) {
      const [low, high] = new BeyondSeeds(allSpeakers).interval(METHOD, name)!;
      const [again, highest] = new BeyondSeeds(twice).interval(METHOD, name)!;
      expect(again).toBeCloseTo(low, 9);
      expect(highest).toBeCloseTo(high, 9);
    }
  });

  it('takes a split with more trainings for one', () => {
    const uneven = {
      ...allSpeakers,
      runs: allSpeakers.runs.flatMap((run) =>
        run.seed === 1 ? [run, { ...run, seed: 7, splitSeed: 1 }, { ...run, seed: 8, splitSeed: 1 }] : [run],
      ),
    };
    const [low, high] = new BeyondSeeds(allSpeakers).interval(METHOD, 'clip')!;
    const [again, highest] = new BeyondSeeds(uneven).interval(METHOD, 'clip')!;
    expect(again).toBeCloseTo(low, 9);
    expect(highest).toBeCloseTo(high, 9);
    expect(beyondSeedsNote(new BeyondSeeds(uneven))).toContain('splits and clips');
    expect(beyondSeedsNote(new BeyondSeeds(allSpeakers))).toContain('seeds and clips');
  });

  it('knows groups once, of which two tasks are', () => {
    const [task] = oneSpeaker.tasks;
    const runs = oneSpeaker.runs.map((run) => ({
      ...run,
      predictions: run.predictions.map((prediction) => {
        const { speaker } = prediction.orthogonal;
        return {
          ...prediction,
          orthogonal: { ...prediction.orthogonal, ...(speaker && { again: speaker }) },
        };
      }),
    }));
    const twice = { ...oneSpeaker, runs, tasks: [task, { ...task, name: 'again' }] as const };
    expect(new BeyondSeeds(twice).populations.map(({ name }) => name)).toEqual(['clip', 'speaker']);
  });

  it('is wide over speakers where one of them has it, and the same over clips', () => {
    const width = (results: ComparisonResults, name: string) => {
      const [low, high] = new BeyondSeeds(results).interval(METHOD, name) ?? expect.fail('no interval');
      return high - low;
    };
    const [low, high] = new BeyondSeeds(oneSpeaker).interval(METHOD, 'speaker')!;
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeGreaterThan(10);
    expect(width(allSpeakers, 'speaker')).toBeLessThan(0.5 * width(oneSpeaker, 'speaker'));
    expect(width(oneSpeaker, 'clip')).toBeLessThan(0.6 * width(oneSpeaker, 'speaker'));
    expect(new BeyondSeeds(allSpeakers).interval(METHOD, 'clip')![0]).toBeGreaterThan(0);
  });

  it('is the same whenever it is asked for, and nothing for the reference', () => {
    const [first, second] = [new BeyondSeeds(oneSpeaker), new BeyondSeeds(oneSpeaker)];
    second.interval(METHOD, 'clip');
    expect(second.interval(METHOD, 'speaker')).toEqual(first.interval(METHOD, 'speaker'));
    expect(first.interval('none', 'clip')).toBeUndefined();
    expect(() => first.interval(METHOD, 'room')).toThrow('room');
  });

  it('counts folds that leave one speaker out as the speakers that they are', () => {
    const folded = oneSpeaker.runs.flatMap((run) =>
      run.seed > 1
        ? []
        : [...new Set(run.predictions.map(({ orthogonal }) => orthogonal.speaker))].map((speaker, fold) => ({
            ...run,
            fold,
            predictions: run.predictions.filter(({ orthogonal }) => orthogonal.speaker === speaker),
          })),
    );
    const [low, high] = new BeyondSeeds({ ...oneSpeaker, runs: folded }).interval(METHOD, 'speaker')!;
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeGreaterThan(10);
  });

  it('is over the groups of the split, too, and not where a clip has no label', () => {
    const withRooms = (room: (clip: number) => string | undefined): ComparisonResults => ({
      ...oneSpeaker,
      split: { ...oneSpeaker.split, groups: 'room' },
      runs: oneSpeaker.runs.map((run) => ({
        ...run,
        predictions: run.predictions.map((prediction, clip) => {
          const group = room(clip);
          return { ...prediction, ...(group !== undefined && { group }) };
        }),
      })),
    });
    const names = (results: ComparisonResults) =>
      new BeyondSeeds(results).populations.map(({ name }) => name);
    expect(names(withRooms((clip) => `room ${clip % 8}`))).toEqual(['clip', 'speaker', 'room']);
    expect(names(withRooms((clip) => (clip === 3 ? undefined : `room ${clip % 8}`)))).toEqual([
      'clip',
      'speaker',
    ]);
    expect(names(withRooms(() => 'the room'))).toEqual(['clip', 'speaker']);
  });

  it('is over recordings where seeds mix other noise into them: several clips of one are one unit', () => {
    const decided = compared((_, clip) => clip % 4 !== 1);
    const withNoise = (recordingOf: (clip: number) => string | undefined): ComparisonResults => ({
      ...decided,
      runs: decided.runs.map((run) => ({
        ...run,
        predictions: run.predictions.map((prediction, clip) => {
          const recording = recordingOf(clip);
          return {
            ...prediction,
            clip: `${prediction.clip}+hum@${run.seed}s`,
            ...(recording !== undefined && { recording }),
          };
        }),
      })),
    });
    const mixed = new BeyondSeeds(withNoise(() => undefined));
    expect(mixed.populations[0]).toEqual({ name: 'clip', units: 1200 });
    const known = new BeyondSeeds(withNoise((clip) => `${clip}.wav`));
    expect(known.populations[0]).toEqual({ name: 'recording', units: 200 });
    expect(known.ofClips).toBe('recording');
    expect(beyondSeedsNote(known)).toMatch(
      /^Other recordings and speakers: .* than the test’s 200 recordings and 5 speakers, by bootstrap: seeds and recordings \(or groups, with all their recordings\) are/,
    );
    const tested = summarise(withNoise((clip) => `${clip}.wav`));
    const alone = summarise(withNoise(() => undefined));
    const width = ([low, high]: readonly [number, number]) => high - low;
    expect(width(tested[0]!.chance!.interval)).toBeGreaterThan(1.5 * width(alone[0]!.chance!.interval));
  });

  it('is told in words, and that few groups say little', () => {
    expect(beyondSeedsNote(new BeyondSeeds(oneSpeaker))).toBe(
      'Other clips and speakers: the gain’s 95% interval over others than the test’s 200 clips and 5 speakers, by bootstrap: seeds and clips ' +
        '(or groups, with all their clips) are drawn with replacement, 2000 times. A gain holds for others where it does in every column. ' +
        'A bootstrap of 5 speakers is too narrow: so few say little of others.',
    );
    const none = { ...oneSpeaker, runs: oneSpeaker.runs.map((run) => ({ ...run, predictions: [] })) };
    expect(beyondSeedsNote(new BeyondSeeds(none))).toBeUndefined();
  });

  it('weakens a verdict where other speakers might not have it', () => {
    const reasons = (results: ComparisonResults) => judge(results, summarise(results)).reasons.join('\n');
    expect(reasons(oneSpeaker)).toMatch(
      /Shown for other seeds, not for other speakers: over the 5 of the test the gain has the interval \[0\.0, \+\d/,
    );
    expect(reasons(allSpeakers)).not.toContain('other speakers');
  });
});
