import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { asRows } from '../comparison.js';
import { ridgeInverse } from '../ridge-inverse.js';
import { defineSimilarity, ofMaps } from './definition.js';
import { correlations, standardiseChannels } from './standardised-channels.js';

const { matMul, mul, sum } = expressions;

/** Added to the variance of every direction, channels having a variance of 1: weak directions count less. */
export const ridge = 0.01;

export const canonicalCorrelation = defineSimilarity({
  name: 'canonical-correlation',
  description: 'mean squared canonical correlation of the channels over batch and pixels, regularised',
  source: 'this toolkit, after Raghu and others 2017, arXiv 1706.05806',
  ...ofMaps({
    mustMatch: 'size',
    prepare: asRows,
    measure: (current, prepared) => meanSquaredCanonical(asRows(current), prepared),
  }),
});

/**
 * `tr((Rxx + r I)⁻¹ Rxy (Ryy + r I)⁻¹ Ryx) / min(channels)`, R being correlations of channels: how much of either space of
 * channels is found in the other. It does not change when channels are permuted or scaled, and hardly when they are mixed.
 */
function meanSquaredCanonical(x: Value, y: Value): Value {
  const [a, b] = [standardiseChannels(x), standardiseChannels(y)];
  const [p, q] = [sizeAt(x, 1), sizeAt(y, 1)];
  const cross = correlations(a, b);
  const left = matMul(ridgeInverse(correlations(a, a), p, ridge), cross);
  const right = matMul(cross, ridgeInverse(correlations(b, b), q, ridge));
  // The trace of a product is the sum of products.
  return mul(sum(mul(left, right), [0, 1], false), 1 / Math.min(p, q));
}
