import { join } from 'node:path';
import type { Device } from 'onnx-autograd';
import { type ExecutionSettings, sharesOf } from '../config/execution.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner } from '../jobs/runner.js';
import type { PlannedJob } from '../plan/plan.js';
import { deviceOf } from '../store/job.js';
import type { Store } from '../store/store.js';
import { runners } from './runners.js';

/** Who carries jobs out, as a machine's settings say. */
export function runnerOf(
  settings: ExecutionSettings,
  store: Store,
  cache: string,
  jobs: readonly PlannedJob[],
): JobRunner {
  const { parallel } = sharesOf(settings, devicesOf(jobs));
  return runners.find(settings.runner).create(surroundingsOf(settings, store, cache, jobs), parallel);
}

/** Where and how each of the jobs side by side is carried out. */
export function surroundingsOf(
  settings: ExecutionSettings,
  store: Store,
  cache: string,
  jobs: readonly PlannedJob[],
): JobSurroundings {
  const { parallel: _, ...shares } = sharesOf(settings, devicesOf(jobs));
  const { parallel: __, runner: ___, ...execution } = settings;
  return { store, execution: { ...execution, ...shares }, compiledCache: join(cache, 'compiled') };
}

/** What computes jobs. */
export function devicesOf(jobs: readonly PlannedJob[]): Device[] {
  return [...new Set(jobs.map(({ job }) => deviceOf(job)))];
}
