import { describe, expect, it } from 'vitest';
import { labelledSpans } from '../../src/cli/predictions/label-track.js';

const spans = (...windows: [number, number, string?][]) =>
  labelledSpans(windows.map(([start, end, label]) => ({ start, end, label }))).map(
    ({ start, end, label }) => `${start}-${end} ${label}`,
  );

describe('spans of a label track', () => {
  it('join neighbouring windows with one label', () => {
    expect(spans([0, 2, 'a'], [1, 3, 'a'], [3, 5, 'a'])).toEqual(['0-5 a']);
  });

  it('are divided in the middle of what two labels share', () => {
    expect(spans([0, 2, 'a'], [1, 3, 'b'], [2, 4, 'a'])).toEqual(['0-1.5 a', '1.5-2.5 b', '2.5-4 a']);
  });

  it('do not hold what was not heard', () => {
    expect(spans([0, 1], [1, 2, 'a'], [2, 3], [3, 4, 'a'], [4, 5])).toEqual(['1-2 a', '3-4 a']);
    expect(spans([0, 1])).toEqual([]);
  });
});
