import { expressions, type Value } from 'onnx-autograd';

/** `(batch, channels, height, width)` to `(batch, channels)`: the mean over time and frequency. */
export function averageOverSpace(maps: Value): Value {
  return expressions.reshape(expressions.globalAveragePool(maps), [0, -1]);
}
