import { describe, expect, it } from 'vitest';
import { featurePresets } from '../../../src/data/features/settings.js';
import { windowLengths, windowsOf } from '../../../src/data/segments/windows.js';

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
});
