import type { Work } from '../jobs/job-context.js';
import { trainOrthogonal } from './orthogonal.js';
import { trainTarget } from './target.js';

/** Does a job of either kind. */
export const doJob: Work = (job, context) =>
  job.kind === 'orthogonal' ? trainOrthogonal(job, context) : trainTarget(job, context);
