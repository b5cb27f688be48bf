import { featurePresets, featureSettings } from '../../../src/data/features/settings.js';
import { shortDigest } from '../../../src/files/digest.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import { networkSettings } from '../../../src/runs/config/schema.js';
import type { PlannedJob } from '../../../src/runs/plan/plan.js';
import { jobId, orthogonalJobOf } from '../../../src/runs/store/job.js';

/** A job that differs from others by its seed; its sets are in no store. */
export function plannedJob(name: string, seed: number, after: readonly PlannedJob[] = []): PlannedJob {
  const set = shortDigest('no such set');
  const job = orthogonalJobOf({
    seed,
    features: featureSettings.parse(featurePresets.pilot),
    network: { ...networkSettings.parse({}), model: null },
    training: trainingSettings.parse({}),
    column: 'speaker',
    classes: ['ann', 'bob'],
    train: set,
    validation: set,
    standardisation: set,
    given: null,
  });
  return { id: jobId(job), name, job, after: after.map(({ id }) => id) };
}
