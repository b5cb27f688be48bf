import type { NetworkFacts } from '../../learning/networks/network-facts.js';
import type { ClipLoader } from '../data/load-clips.js';
import type { OrthogonalJob } from '../store/job.js';

/** What the stored network of a job says of itself, so that whoever opens the file alone can use it. */
export function factsOf(
  { column, classes, features }: Pick<OrthogonalJob, 'column' | 'classes' | 'features'>,
  { standardisation }: Pick<ClipLoader, 'standardisation'>,
): NetworkFacts {
  return { outputs: { column, classes }, input: { features, standardisation } };
}
