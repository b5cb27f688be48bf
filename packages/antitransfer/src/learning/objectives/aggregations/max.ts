import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { defineAggregation, elementwise } from './definition.js';

const { reshape, unsqueeze } = expressions;

export const max = defineAggregation('max', 'largest over channels', elementwise(maxOverChannels));

/** The largest over channels; of equal channels the first has the gradient, as in the official code. */
function maxOverChannels(rows: Value): Value {
  const channels = sizeAt(rows, 1);
  const pooled = rows.graph.apply('MaxPool', [unsqueeze(rows, [1])], { kernel_shape: [channels, 1] });
  return reshape(pooled, [0, 1, -1]);
}
