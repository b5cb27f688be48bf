import { AutogradError } from 'onnx-autograd';
import { messageOf, UserError } from '../errors.js';
import { groupBy } from '../group-by.js';
import { isProcessor } from '../learning/training/device.js';
import { itemAt } from '../lookup.js';
import { kindOfStep, trainingOf } from './estimate.js';
import type { JobSurroundings } from './jobs/job-context.js';
import type { PlannedJob } from './plan/plan.js';
import { describeJob } from './store/describe.js';
import { deviceOf } from './store/job.js';
import { timeSteps } from './trainings/rehearse.js';
import { withDevice } from './trainings/take-device.js';

/**
 * Takes a step of each kind of training that another device than the processor is to compute, of those that are not done, and
 * leaves nothing of it: what the device cannot do is known before the first training begins, and not after hours.
 *
 * @throws UserError that names the training, and what the device says.
 * @throws the signal's reason when it aborts
 */
export async function rehearseDevices(
  jobs: readonly PlannedJob[],
  surroundings: JobSurroundings,
  signal: AbortSignal,
): Promise<void> {
  const missing: PlannedJob[] = [];
  for (const job of jobs) {
    if (isProcessor(deviceOf(job.job)) || trainingOf(job).length === 0) continue;
    if ((await surroundings.store.job(job.id).record()) === undefined) missing.push(job);
  }
  const byId = new Map(jobs.map((job) => [job.id, job]));
  for (const same of groupBy(missing.flatMap(trainingOf), kindOfStep).values()) {
    signal.throwIfAborted();
    const training = itemAt(same, 0);
    const step = () => timeSteps(training, surroundings, (id) => byId.get(id), signal, 0);
    const taken = withDevice(deviceOf(training), surroundings, signal, () => undefined, step);
    await taken.catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof UserError || error instanceof AutogradError) throw error;
      throw new UserError(
        `The device "${deviceOf(training)}" cannot compute a training (${describeJob(training, '', () => undefined)}): ` +
          `${messageOf(error)}. Choose another --device, or leave it out: the processor computes everything.`,
        { cause: error },
      );
    });
  }
}
