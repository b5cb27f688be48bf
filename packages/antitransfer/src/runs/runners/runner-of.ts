import { join } from 'node:path';
import { type ExecutionSettings, sharesOf } from '../config/execution.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner } from '../jobs/runner.js';
import type { Store } from '../store/store.js';
import { runners } from './runners.js';

/** Who carries jobs out, as a machine's settings say. */
export function runnerOf(settings: ExecutionSettings, store: Store, cache: string): JobRunner {
  const { parallel } = sharesOf(settings);
  return runners.find(settings.runner).create(surroundingsOf(settings, store, cache), parallel);
}

/** Where and how each of the trainings side by side is carried out. */
export function surroundingsOf(settings: ExecutionSettings, store: Store, cache: string): JobSurroundings {
  const { parallel: _, ...shares } = sharesOf(settings);
  const { parallel: __, runner: ___, ...execution } = settings;
  return { store, execution: { ...execution, ...shares }, compiledCache: join(cache, 'compiled') };
}
