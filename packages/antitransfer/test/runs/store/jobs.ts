import type { Device } from 'onnx-autograd';
import { featurePresets, featureSettings } from '../../../src/data/features/settings.js';
import { shortDigest } from '../../../src/files/digest.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import type { PlannedJob } from '../../../src/runs/plan/plan.js';
import { computedBy, jobId, jobOf, type OrthogonalJob } from '../../../src/runs/store/job.js';

/** A job that differs from others by its seed; its sets are in no store. */
export function plannedJob(
  name: string,
  seed: number,
  after: readonly PlannedJob[] = [],
  device: Device = 'cpu',
): PlannedJob {
  const set = shortDigest('no such set');
  const job = jobOf<OrthogonalJob>({
    kind: 'orthogonal',
    ...computedBy(device),
    seed,
    features: featureSettings.parse(featurePresets.pilot),
    network: { name: 'vgg-small', width: 1 },
    training: trainingSettings.parse({}),
    column: 'speaker',
    classes: ['ann', 'bob'],
    train: set,
    validation: set,
    standardisation: set,
  });
  return { id: jobId(job), name, job, after: after.map(({ id }) => id) };
}
