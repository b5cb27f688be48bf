import { describe, expect, it } from 'vitest';
import { featurePresets } from '../../../src/data/features/settings.js';
import { leastHop, requireFewWindows, windowLengths, windowsOf } from '../../../src/data/segments/windows.js';

const cut = (total: number, segment: number, hop: number) =>
  [...windowsOf(total, { segment, hop, minimum: 1 })].map(({ first, end }) => [first, end]);

describe('windows', () => {
  it('are a segment long and a hop apart, and the rest is a shorter one', () => {
    expect(cut(10, 4, 4)).toEqual([
      [0, 4],
      [4, 8],
      [8, 10],
    ]);
    expect(cut(9, 4, 2)).toEqual([
      [0, 4],
      [2, 6],
      [4, 8],
      [6, 9],
    ]);
  });

  it('end with the clip when they fit, and are one of a clip of a segment or less', () => {
    expect(cut(8, 4, 2).at(-1)).toEqual([4, 8]);
    expect(cut(4, 4, 2)).toEqual([[0, 4]]);
    expect(cut(1, 4, 2)).toEqual([[0, 1]]);
  });

  it('leave no sample out, whatever the lengths', () => {
    for (let total = 1; total < 40; total++) {
      for (let hop = 1; hop <= 7; hop++) {
        const heard = new Set(
          cut(total, 7, hop).flatMap(([first = 0, end = 0]) =>
            Array.from({ length: end - first }, (_, i) => first + i),
          ),
        );
        expect(heard.size, `${total} samples, hop ${hop}`).toBe(total);
      }
    }
  });
});

describe('lengths of windows', () => {
  const features = { ...featurePresets.pilot, seconds: 0.4 };

  it('are samples at the rate of the features; the hop is half a segment where none is said', () => {
    expect(windowLengths(features, { hop: null, minimum: 0.05 })).toEqual({
      segment: 3200,
      hop: 1600,
      minimum: 400,
    });
    expect(windowLengths(features, { hop: 0.4, minimum: 9 })).toEqual({
      segment: 3200,
      hop: 3200,
      minimum: 3200,
    });
  });

  it('have no gaps between them', () => {
    expect(() => windowLengths(features, { hop: 0.5, minimum: 0 })).toThrow(
      /A hop of 0.5 s is longer than a segment, 0.4 s/,
    );
  });

  it('are a frame of the features apart at least, but where a segment is one frame', () => {
    expect(windowLengths(features, { hop: 0.016, minimum: 0 }).hop).toBe(128);
    expect(() => windowLengths(features, { hop: 1e-9, minimum: 0 })).toThrow(
      'A hop of 1e-9 s is less than the 0.016 s from one frame of the features to the next: windows would be the same. ' +
        'Choose a hop of 0.016 s or more.',
    );
    const short = { ...features, seconds: 0.01 };
    expect(leastHop(short)).toBe(0.005);
    expect(windowLengths(short, { hop: 0.005, minimum: 0 }).hop).toBe(40);
  });
});

describe('windows of one clip', () => {
  const lengths = { segment: 4, hop: 2, minimum: 1 };

  it.each([4, 5, 6, 7, 100])('are as many as are counted: %i samples', (total) => {
    const count = [...windowsOf(total, lengths)].length;
    const samples = total + 2 * (1_000_000 - count);
    const check = (length: number) => () => requireFewWindows({ id: 'a.wav' }, length, lengths, 8000);
    expect(check(samples)).not.toThrow();
    expect(check(samples + 2)).toThrow(/1000001 windows/);
  });

  it('are refused where they are too many, with the hop, the clip and its length', () => {
    expect(() => requireFewWindows({ id: 'day.wav' }, 20_000_000, { ...lengths, hop: 8 }, 8000)).toThrow(
      'A hop of 0.001 s makes 2500001 windows of the 2500 s of "day.wav"; they may be 1000000 at most. Choose a larger hop.',
    );
  });
});
