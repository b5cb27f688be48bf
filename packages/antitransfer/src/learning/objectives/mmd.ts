import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaSchedule } from './beta.js';
import { timesTransposed } from './comparison.js';
import { defineObjective } from './definition.js';
import { drawTogether } from './group-distance.js';
import { membership } from './groups.js';
import { gaussianKernel, offDiagonal } from './kernels.js';
import { lookSettings } from './look.js';

const { cast, div, greaterOrEqual, matMul, maximum, mul, reshape, sub, sum } = expressions;

/** Maximum mean discrepancy: groups of clips whose features are distributed alike cannot be told apart. */
export const mmd = defineObjective({
  name: 'mmd',
  description:
    'Maximum mean discrepancy of groups at a tap, by Gaussians of five widths: the mean over pairs of groups in the batch',
  paper: 'Long and others 2015, arXiv 1502.02791',
  settings: z.strictObject({
    kind: z.literal('mmd'),
    beta: z.number().min(0).default(1).describe('Weight of the discrepancy in the loss'),
    ...betaSchedule,
    ...lookSettings('batch'),
  }),
  measures: 'maximum mean discrepancy',
  label: () => 'mmd',
  seesLabels: ({ clips }) => clips === 'batch',
  isPublished: () => false,
  create: (settings, parts) => drawTogether(meanDiscrepancy, settings, parts),
});

/**
 * Mean over pairs of groups of the squared maximum mean discrepancy, `k(x, x') + k(y, y') - 2 k(x, y)` over all pairs of
 * different clips: the unbiased estimate (Gretton and others 2012, lemma 6), which may be below 0. Groups of fewer than two
 * clips are left out, and of fewer than two groups it is 0.
 *
 * @param features `(clips, n)`
 * @param labels int64, `(clips)`
 * @returns a scalar
 */
export function meanDiscrepancy(features: Value, labels: Value, groups: number): Value {
  const kernel = gaussianKernel(features);
  const belongs = membership(labels, groups);
  const clips = sum(belongs, [1]);
  const counts = cast(greaterOrEqual(clips, 2), 'float32');
  const present = reshape(sum(counts, [0]), []);
  const sums = matMul(belongs, kernel);
  // Every clip is like itself: 1.
  const own = sub(sum(mul(sums, belongs), [1]), clips);
  const within = mul(div(own, maximum(mul(clips, sub(clips, 1)), 1)), counts);
  const shares = div(counts, maximum(clips, 1));
  const between = mul(
    mul(timesTransposed(sums, belongs), timesTransposed(shares, shares)),
    offDiagonal(belongs),
  );
  const total = sub(mul(sum(within, [0, 1], false), sub(present, 1)), sum(between, [0, 1], false));
  return div(
    mul(total, cast(greaterOrEqual(present, 2), 'float32')),
    maximum(mul(mul(present, sub(present, 1)), 0.5), 1),
  );
}
