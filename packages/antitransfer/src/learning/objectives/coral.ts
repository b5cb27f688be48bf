import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaSchedule } from './beta.js';
import { squaredNorm, transposedTimes } from './comparison.js';
import { defineObjective } from './definition.js';
import { drawTogether } from './group-distance.js';
import { membership } from './groups.js';
import { lookSettings } from './look.js';

const { cast, div, greaterOrEqual, maximum, mul, reshape, sub, sum, unsqueeze } = expressions;

/** Correlation alignment: groups of clips whose features vary alike cannot be told apart by how they vary. */
export const coral = defineObjective({
  name: 'coral',
  description:
    'Distance of the covariances of groups at a tap: the mean over pairs of groups in the batch (Deep CORAL)',
  paper: 'Sun, Saenko 2016, arXiv 1607.01719',
  settings: z.strictObject({
    kind: z.literal('coral'),
    beta: z.number().min(0).default(1).describe('Weight of the distance in the loss'),
    ...betaSchedule,
    ...lookSettings('batch'),
  }),
  measures: 'distance of covariances',
  label: () => 'coral',
  seesLabels: ({ clips }) => clips === 'batch',
  isPublished: () => false,
  create: (settings, parts) => drawTogether(covarianceDistance, settings, parts),
});

/**
 * Mean over pairs of groups of the squared distance of their covariances, `|C_i - C_j|² / (4 n²)`; groups of fewer than
 * two clips are left out, and of fewer than two groups it is 0.
 *
 * @param features `(clips, n)`
 * @param labels int64, `(clips)`
 */
export function covarianceDistance(features: Value, labels: Value, groups: number): Value {
  const n = sizeAt(features, 1);
  // (groups, clips, 1)
  const belongs = unsqueeze(membership(labels, groups), [2]);
  const clips = sum(belongs, [1]);
  const rows = unsqueeze(features, [0]);
  const centre = div(sum(mul(rows, belongs), [1]), maximum(clips, 1));
  const centred = mul(sub(rows, centre), belongs);
  const covariance = div(transposedTimes(centred, centred), maximum(sub(clips, 1), 1));
  const counts = cast(greaterOrEqual(clips, 2), 'float32');
  const present = reshape(sum(counts, [0]), []);
  // Over pairs: sum |C_i - C_j|² = groups x sum |C_i - mean|², which loses nothing where all are alike.
  const average = div(sum(mul(covariance, counts), [0]), maximum(present, 1));
  const spread = sum(squaredNorm(mul(sub(covariance, average), counts)), [0], false);
  const perPair = div(spread, maximum(mul(sub(present, 1), 0.5), 0.5));
  return div(perPair, 4 * n * n);
}
