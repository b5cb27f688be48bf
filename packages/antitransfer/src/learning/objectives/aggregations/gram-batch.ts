import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { asRows, compareElements, timesTransposed } from '../comparison.js';
import { defineAggregation } from './definition.js';
import { gramScale } from './gram-scale.js';

const { div, mul, reshape, sizeOf } = expressions;

export const gramBatch = defineAggregation(
  'gram-batch',
  'one Gram matrix over batch and channels, as in the official code',
  {
    prepare: asRows,
    compare: (current, prepared) => compareElements(batchGramOf(asRows(current)), batchGramOf(prepared)),
  },
);

/** Rows of every sample under one another: `(batch, channels, pixels)` to `(1, batch * channels, pixels)`. */
function batchRows(rows: Value): Value {
  return reshape(rows, [1, -1, sizeAt(rows, 2)]);
}

/** One Gram matrix over batch and channels, divided by its number of elements. */
function batchGramOf(rows: Value): Value {
  const all = batchRows(rows);
  const perRow = sizeAt(rows, 2) * gramScale;
  return div(timesTransposed(all, all), mul(sizeOf(all, 1), perRow));
}
