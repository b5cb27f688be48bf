import { registryOf } from '../../../registry.js';
import { type AggregationName, aggregations } from '../aggregations/registry.js';
import { canonicalCorrelation } from './canonical-correlation.js';
import { cka } from './cka.js';
import { correlation } from './correlation.js';
import type { SimilarityDefinition, SimilarityTerm } from './definition.js';
import { negatedSigmoidMse } from './negated-sigmoid-mse.js';
import { squaredCosine } from './squared-cosine.js';
import { squaredCosineRows } from './squared-cosine-rows.js';
import { subspace } from './subspace.js';
import { unbiasedCka } from './unbiased-cka.js';

/**
 * How alike two sets of feature maps are.
 *
 * Of identical maps, the squared cosines are 1 (of a pairwise aggregation less: it looks at unlike channels too), the
 * negated sigmoid is -0.5 (pairwise: less), CKA is 1, correlation lies between 1 / channels and 1, and the canonical
 * correlation and the subspace come near 1 but for their ridge. The negated sigmoid falls to -1 as maps move apart, unbiased
 * CKA to 0 on average, and the others to 0.
 */
export const similarities = registryOf<SimilarityDefinition>('similarity')(
  squaredCosine,
  squaredCosineRows,
  negatedSigmoidMse,
  cka,
  correlation,
  unbiasedCka,
  canonicalCorrelation,
  subspace,
);

/** The name of a similarity: `cka`, `correlation`. */
export type SimilarityName = (typeof similarities.names)[number];

/** Joins an aggregation and a similarity. Those of this toolkit look at the maps themselves: their aggregation is ignored. */
export function similarityTerm(aggregation: AggregationName, similarity: SimilarityName): SimilarityTerm {
  return similarities.find(similarity).create(aggregations.find(aggregation).create());
}
