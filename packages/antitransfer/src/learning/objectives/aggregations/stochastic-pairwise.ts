import { expressions, int64, sizeAt, type Value } from 'onnx-autograd';
import { asRows } from '../comparison.js';
import { comparePairs } from './compare-pairs.js';
import { defineAggregation } from './definition.js';

const { cast, equal, mul, reshape, sizeOf, sum } = expressions;

export const stochasticPairwise = defineAggregation(
  'stochastic-pairwise',
  'pairwise over some neighbouring channels, others at every step',
  {
    choosesChannels: true,
    prepare: asRows,
    compare: (current, prepared, chosen) => {
      if (chosen === undefined)
        throw new TypeError('The aggregation "stochastic-pairwise" needs the channels.');
      const { graph } = current;
      const all = Array.from({ length: sizeAt(current, 1) }, (_, channel) => channel);
      // Zeros for the others change none of the sums over pairs, and unlike a gather need no scatter on the way back.
      const matches = cast(
        equal(reshape(chosen, [-1, 1]), graph.constant(int64(all, [1, all.length]))),
        'float32',
      );
      const isChosen = reshape(sum(matches, [0]), [1, -1, 1]);
      const pick = (rows: Value) => mul(rows, isChosen);
      return comparePairs(pick(asRows(current)), pick(prepared), sizeOf(chosen, 0));
    },
  },
);
