import { NonFiniteLossError } from 'onnx-autograd';
import { DivergedError } from '../../learning/training/divergence.js';
import type { JobContext, Work } from '../jobs/job-context.js';
import type { Holder } from '../store/claim.js';
import { describeEnvironment } from '../store/environment.js';
import { deviceOf, type Job } from '../store/job.js';
import type { JobRecord } from '../store/records.js';
import { analyze } from './analysis.js';
import { assess } from './assessment.js';
import { correctTrained } from './correction.js';
import { testGiven } from './given.js';
import { trainOrthogonal } from './orthogonal.js';
import { withDevice } from './take-device.js';
import { trainTarget } from './target.js';

/** Does a job of any kind. That a training diverges is a result: the same job would do so again. */
export const doJob: Work = async (job, context) => {
  const started = performance.now();
  const onWait = ({ host, pid }: Holder) => context.tell({ kind: 'waiting', host, pid });
  try {
    return await withDevice(deviceOf(job), context, context.signal, onWait, () => answer(job, context));
  } catch (error) {
    const reason = divergence(error);
    if (reason === undefined) throw error;
    const seconds = (performance.now() - started) / 1000;
    const environment = await describeEnvironment(deviceOf(job));
    return { kind: 'diverged', version: 2, seconds, environment, reason };
  }
};

/** What is to be told of a training that no longer has numbers: seen in a step, or when it is looked at. */
function divergence(error: unknown): string | undefined {
  if (error instanceof DivergedError) return error.message;
  return error instanceof NonFiniteLossError ? `The training diverged. ${error.message}` : undefined;
}

function answer(job: Job, context: JobContext): Promise<JobRecord> {
  switch (job.kind) {
    case 'orthogonal':
      return trainOrthogonal(job, context);
    case 'given':
      return testGiven(job, context);
    case 'target':
      return trainTarget(job, context);
    case 'correction':
      return correctTrained(job, context);
    case 'analysis':
      return analyze(job, context);
    case 'assessment':
      return assess(job, context);
  }
}
