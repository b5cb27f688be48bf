import { sizeAt } from 'onnx-autograd';
import { asRows } from '../comparison.js';
import { comparePairs } from './compare-pairs.js';
import { defineAggregation } from './definition.js';

export const pairwise = defineAggregation(
  'pairwise',
  'every channel beside every channel of the frozen network',
  {
    prepare: asRows,
    compare: (current, prepared) => comparePairs(asRows(current), prepared, sizeAt(current, 1)),
  },
);
