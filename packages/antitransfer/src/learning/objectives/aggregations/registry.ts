import { registryOf } from '../../../registry.js';
import type { AggregationDefinition } from './definition.js';
import { gram } from './gram.js';
import { gramBatch } from './gram-batch.js';
import { max } from './max.js';
import { mean } from './mean.js';
import { mulComp } from './mul-comp.js';
import { none } from './none.js';
import { pairwise } from './pairwise.js';
import { stochasticPairwise } from './stochastic-pairwise.js';
import { sum } from './sum.js';

/** What may become of the channels before two sets of feature maps are compared. */
export const aggregations = registryOf<AggregationDefinition>('aggregation')(
  none,
  mean,
  sum,
  max,
  mulComp,
  gram,
  gramBatch,
  pairwise,
  stochasticPairwise,
);

/** The name of an aggregation: `gram`. */
export type AggregationName = (typeof aggregations.names)[number];
