import type { Work } from '../jobs/job-context.js';
import { assess } from './assessment.js';
import { testGiven } from './given.js';
import { trainOrthogonal } from './orthogonal.js';
import { trainTarget } from './target.js';

/** Does a job of any kind. */
export const doJob: Work = async (job, context) => {
  switch (job.kind) {
    case 'orthogonal':
      return trainOrthogonal(job, context);
    case 'given':
      return testGiven(job, context);
    case 'target':
      return trainTarget(job, context);
    case 'assessment':
      return assess(job, context);
  }
};
