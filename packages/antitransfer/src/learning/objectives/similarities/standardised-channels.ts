import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { timesTransposed } from '../comparison.js';

const { div, maximum, mean, mul, reshape, sqrt, square, sub } = expressions;

/**
 * Below this variance a channel counts as dead and is correlated with nothing. A bound and not an addition: a network
 * must not be able to lower the penalty by making its maps small.
 */
const varianceFloor = 1e-8;

/** Channels less their means over batch and pixels, and their deviations: `(batch, channels, pixels)`, `(1, channels, 1)`. */
export interface StandardisedChannels {
  readonly centred: Value;
  readonly deviation: Value;
}

/** @param rows `(batch, channels, pixels)` */
export function standardiseChannels(rows: Value): StandardisedChannels {
  const average = (value: Value) => mean(mean(value, [2]), [0]);
  const centred = sub(rows, average(rows));
  return { centred, deviation: sqrt(maximum(average(square(centred)), varianceFloor)) };
}

/** Correlations over batch and pixels of every channel of one with every channel of the other: `(channels, channels)`. */
export function correlations(a: StandardisedChannels, b: StandardisedChannels): Value {
  const pixels = sizeAt(a.centred, 2);
  const covariance = mean(mul(timesTransposed(a.centred, b.centred), 1 / pixels), [0], false);
  return div(covariance, mul(reshape(a.deviation, [-1, 1]), reshape(b.deviation, [1, -1])));
}
