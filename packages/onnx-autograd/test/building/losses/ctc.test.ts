import { describe, expect, it } from 'vitest';
import * as losses from '../../../src/building/losses/index.js';
import type { Value } from '../../../src/graph/value.js';
import { float32, int64 } from '../../../src/tensor.js';
import { computed, type Row } from './rows.js';

describe('CTC', () => {
  const impossible: Row = {
    loss: 'ctcLossPerSample',
    what: 'three labels in two frames, two equal ones in two, and one that fits',
    dims: [3, 2, 3],
    fed: { labels: int64([1, 2, 1, 1, 1, 1, 2, 1, 1], [3, 3]), counts: int64([3, 2, 1]) },
    write: (logits, { labels: said, counts }) =>
      losses.ctcLossPerSample(logits, said as Value, counts as Value, { zeroInfinity: true }),
    formula: () => [],
  };
  const logits = Array.from({ length: 18 }, (_, i) => Math.sin(i));
  const ones = (dims: readonly number[]) => float32([1, 1, 1], [...dims]);

  it('of a clip whose labels do not fit is infinite, or with zeroInfinity 0 without a gradient', async () => {
    const zero = await computed(impossible, logits, ones);
    expect(zero.losses.slice(0, 2)).toEqual([0, 0]);
    expect(zero.losses[2]).toBeGreaterThan(0);
    expect(zero.gradient.slice(0, 12)).toEqual(Array(12).fill(0));
    expect(Math.hypot(...zero.gradient.slice(12))).toBeGreaterThan(0.1);
    const infinite = await computed(
      {
        ...impossible,
        write: (x, { labels: said, counts }) => losses.ctcLossPerSample(x, said as Value, counts as Value),
      },
      logits,
      ones,
    );
    expect(infinite.losses.slice(0, 2)).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(infinite.losses[2]).toBe(zero.losses[2]);
  });

  it('is that of torch.nn.functional.ctc_loss (PyTorch 2.15, double precision) for the same numbers', async () => {
    // x[n, t, c] = sin(7n + 3t + 5c): three clips of six frames, of which six, five and four count.
    const numbers = Array.from({ length: 72 }, (_, i) => {
      const [n, t, c] = [Math.floor(i / 24), Math.floor(i / 4) % 6, i % 4];
      return Math.sin(7 * n + 3 * t + 5 * c);
    });
    const fed = {
      labels: int64([1, 2, 1, 3, 3, 1, 2, 1, 1], [3, 3]),
      counts: int64([3, 2, 1]),
      frames: int64([6, 5, 4]),
    };
    const one = (loss: typeof losses.ctcLoss): Row => ({
      ...{ loss: 'ctcLoss', what: '', dims: [3, 6, 4], fed, formula: () => [] },
      write: (x, values) =>
        loss(x, values.labels as Value, values.counts as Value, { frames: values.frames as Value }),
    });
    const each = await computed(one(losses.ctcLossPerSample), numbers, ones);
    for (const [i, due] of [4.592436, 4.390112, 3.270247].entries())
      expect(each.losses[i]).toBeCloseTo(due, 5);
    const mean = await computed(one(losses.ctcLoss), numbers, () => float32(1));
    expect(mean.losses[0]).toBeCloseTo(2.332038, 5);
    const second = [
      [-0.008941, 0.025071, 0.016394, -0.032524, -0.031571, 0.054457, 0.070815, -0.093702],
      [-0.040104, 0.021062, 0.019148, -0.000106, -0.070305, 0.065551, 0.060869, -0.056115],
      [0.016062, 0.017834, 0.022716, -0.056613, 0, 0, 0, 0],
    ].flat();
    for (const [i, due] of second.entries()) expect(mean.gradient[24 + i]).toBeCloseTo(due, 5);
  });

  it('does not overflow where the labels are all but impossible', async () => {
    const far = Array.from({ length: 18 }, (_, i) => (i % 3 === 0 ? 300 : -300));
    const { losses: found, gradient } = await computed(impossible, far, ones);
    // The label in the first frame or in the second, e^-600 both.
    expect(found[2]).toBeCloseTo(600 - Math.LN2, 3);
    for (const slope of gradient) expect(Number.isFinite(slope)).toBe(true);
  });
});
