import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { placeOf, placeOfLength, placeSamples } from '../../../src/data/features/segment.js';

const lengths = [1, 6, 7, 8, 9, 13, 40];
const cases = (['start', 'centre', 'random'] as const).flatMap((placement) =>
  lengths.map((length) => ({ placement, length })),
);

describe('where samples lie in a segment', () => {
  it.each(cases)('of 8: $length of them, $placement', ({ placement, length }) => {
    const random = new Random(length);
    // None of them is zero, and no two are alike.
    const samples = Float32Array.from({ length }, () => 0.1 + random.uniform());
    const segment = new Float32Array(8).fill(Number.NaN);
    placeSamples(samples, segment, placement);
    const held = [...segment].filter((sample) => sample !== 0);
    expect(placeOf(samples, 8, placement)).toEqual({
      before: segment.findIndex((sample) => sample !== 0),
      after: 7 - segment.findLastIndex((sample) => sample !== 0),
      cutBefore: samples.indexOf(held[0] ?? Number.NaN),
      cutAfter: length - 1 - samples.indexOf(held.at(-1) ?? Number.NaN),
    });
    expect(held).toHaveLength(Math.min(length, 8));
    if (placement !== 'random')
      expect(placeOfLength(length, 8, placement)).toEqual(placeOf(samples, 8, placement));
  });

  it('is what the settings say', () => {
    expect(placeOfLength(5, 8, 'start')).toEqual({ before: 0, after: 3, cutBefore: 0, cutAfter: 0 });
    expect(placeOfLength(5, 8, 'centre')).toEqual({ before: 1, after: 2, cutBefore: 0, cutAfter: 0 });
    expect(placeOfLength(13, 8, 'centre')).toEqual({ before: 0, after: 0, cutBefore: 2, cutAfter: 3 });
    const drawn = Array.from({ length: 20 }, (_, i) => placeOf(new Float32Array(5).fill(i + 1), 8, 'random'));
    expect(new Set(drawn.map(({ before }) => before))).toEqual(new Set([0, 1, 2, 3]));
  });
});
