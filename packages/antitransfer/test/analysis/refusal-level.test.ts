import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { refusalLevel } from '../../src/analysis/refusal-level.js';
import { argmax } from '../../src/numbers/argmax.js';

/** Answers of which the top probability is as given, with the class that is named. */
const answer = (top: number, named: number) => [0, 1].map((label) => (label === named ? top : 1 - top));

describe('the level of refusal', () => {
  it('is reached by 95 % of the rightly recognised, and a step more by fewer', () => {
    const random = new Random(3);
    for (const segments of [1, 2, 19, 20, 21, 40, 100, 399, 400]) {
      const answers = Array.from({ length: segments }, () => {
        const raw = Array.from({ length: 4 }, () => random.uniform() ** 3);
        const sum = raw.reduce((total, value) => total + value, 0);
        return raw.map((value) => value / sum);
      });
      const labels = answers.map((values) => argmax(values));
      const { probability, kept, ...rest } = refusalLevel(answers, labels) ?? expect.fail('no level');
      expect(rest).toEqual({ segments });
      expect(kept).toBe(0.95);
      const reach = (level: number) => answers.filter((values) => Math.max(...values) >= level).length;
      expect(reach(probability)).toBeGreaterThanOrEqual(0.95 * segments);
      // One more may fall below, but for those that share a thousandth with it.
      expect(reach(probability + 0.001)).toBeLessThan(0.95 * segments + 1);
    }
  });

  it('leaves out one of twenty, not of nineteen', () => {
    const tops = Array.from({ length: 20 }, (_, i) => 0.6 + i / 100);
    const level = (count: number) => {
      const some = tops.slice(0, count);
      return refusalLevel(
        some.map((top) => answer(top, 0)),
        some.map(() => 0),
      )?.probability;
    };
    expect(level(19)).toBe(0.6);
    expect(level(20)).toBe(0.61);
  });

  it('asks no wrong answer, and there is none where nothing is right', () => {
    expect(refusalLevel([answer(0.9, 0), answer(0.55, 1)], [0, 0])).toEqual({
      probability: 0.9,
      kept: 0.95,
      segments: 1,
    });
    expect(refusalLevel([answer(0.9, 0)], [1])).toBeUndefined();
    expect(refusalLevel([], [])).toBeUndefined();
  });
});
