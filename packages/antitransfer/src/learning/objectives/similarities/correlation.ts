import { expressions, type Value } from 'onnx-autograd';
import { asRows } from '../comparison.js';
import { defineSimilarity, ofMaps } from './definition.js';
import { correlations, standardiseChannels } from './standardised-channels.js';

const { mean, square } = expressions;

export const correlation = defineSimilarity({
  name: 'correlation',
  description: 'mean squared correlation of every pair of channels over batch and pixels',
  source: 'this toolkit',
  ...ofMaps({
    mustMatch: 'size',
    prepare: asRows,
    measure: (current, prepared) => meanSquaredCorrelation(asRows(current), prepared),
  }),
});

/**
 * Mean over all pairs of a channel of one network and a channel of the other of their squared correlation over batch
 * and pixels. It does not change when channels are permuted or scaled.
 */
function meanSquaredCorrelation(x: Value, y: Value): Value {
  return mean(square(correlations(standardiseChannels(x), standardiseChannels(y))), undefined, false);
}
