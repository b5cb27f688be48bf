import { registryOf } from '../../../registry.js';
import { type AggregationName, aggregations } from '../aggregations/registry.js';
import { cka } from './cka.js';
import { correlation } from './correlation.js';
import type { SimilarityDefinition, SimilarityTerm } from './definition.js';
import { negatedSigmoidMse } from './negated-sigmoid-mse.js';
import { squaredCosine } from './squared-cosine.js';
import { squaredCosineRows } from './squared-cosine-rows.js';

/**
 * How alike two sets of feature maps are.
 *
 * Of identical maps, the squared cosines are 1 (of a pairwise aggregation less: it looks at unlike channels too), the
 * negated sigmoid is -0.5 (pairwise: less), CKA is 1, and correlation lies between 1 / channels and 1. The negated
 * sigmoid falls to -1 as maps move apart; the others fall to 0.
 */
export const similarities = registryOf<SimilarityDefinition>('similarity')(
  squaredCosine,
  squaredCosineRows,
  negatedSigmoidMse,
  cka,
  correlation,
);

export type SimilarityName = (typeof similarities.names)[number];

/** Joins an aggregation and a similarity. `cka` and `correlation` look at the maps themselves: their aggregation is ignored. */
export function similarityTerm(aggregation: AggregationName, similarity: SimilarityName): SimilarityTerm {
  return similarities.find(similarity).create(aggregations.find(aggregation).create());
}
