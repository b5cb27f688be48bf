import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { asRows } from '../comparison.js';
import { ridgeInverse } from '../ridge-inverse.js';
import { ridge } from './canonical-correlation.js';
import { defineSimilarity, ofMaps } from './definition.js';
import { correlations, standardiseChannels } from './standardised-channels.js';

const { matMul, mul, sum } = expressions;

export const subspace = defineSimilarity({
  name: 'subspace',
  description: "part of the channels' variance that lies in the space of the frozen network's channels",
  source: 'this toolkit, after Kornblith and others 2019, arXiv 1905.00414',
  ...ofMaps({
    mustMatch: 'size',
    prepare: asRows,
    measure: (current, prepared) => explainedVariance(asRows(current), prepared),
  }),
});

/**
 * `tr(Rxy (Ryy + r I)⁻¹ Ryx) / channels`, R being correlations over batch and pixels: the mean over channels of what a ridge
 * regression on the frozen network's channels explains of their variance. It does not change when channels are permuted or
 * scaled, and hardly when the frozen network's are mixed.
 */
function explainedVariance(x: Value, y: Value): Value {
  const [a, b] = [standardiseChannels(x), standardiseChannels(y)];
  const cross = correlations(a, b);
  const explained = matMul(cross, ridgeInverse(correlations(b, b), sizeAt(y, 1), ridge));
  return mul(sum(mul(explained, cross), [0, 1], false), 1 / sizeAt(x, 1));
}
