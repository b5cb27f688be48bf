import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { asRows, timesTransposed } from '../comparison.js';
import { defineSimilarity, ofMaps } from './definition.js';

const { div, maximum, mean, mul, reshape, sqrt, square, sub } = expressions;

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
 * Below this variance a channel counts as dead and is correlated with nothing. A bound and not an addition: a network
 * must not be able to lower the penalty by making its maps small.
 */
const varianceFloor = 1e-8;

/** Each channel less its mean over batch and pixels, and its deviation: `(batch, channels, pixels)`, `(1, channels, 1)`. */
function standardise(rows: Value): { centred: Value; deviation: Value } {
  const average = (value: Value) => mean(mean(value, [2]), [0]);
  const centred = sub(rows, average(rows));
  return { centred, deviation: sqrt(maximum(average(square(centred)), varianceFloor)) };
}

/**
 * Mean over all pairs of a channel of one network and a channel of the other of their squared correlation over batch
 * and pixels. It does not change when channels are permuted or scaled.
 */
function meanSquaredCorrelation(x: Value, y: Value): Value {
  const [a, b] = [standardise(x), standardise(y)];
  const covariance = mean(mul(timesTransposed(a.centred, b.centred), 1 / sizeAt(x, 2)), [0], false);
  const column = (deviation: Value) => reshape(deviation, [-1, 1]);
  const row = (deviation: Value) => reshape(deviation, [1, -1]);
  const correlation = div(covariance, mul(column(a.deviation), row(b.deviation)));
  return mean(square(correlation), undefined, false);
}
