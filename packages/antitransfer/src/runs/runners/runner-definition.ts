import type { Definition, NoSettings } from '../../registry.js';
import type { RunnerName } from '../config/execution.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner } from '../jobs/runner.js';

/** Who carries jobs out, as the registry knows it. */
export interface RunnerDefinition<Name extends RunnerName = RunnerName> extends Definition {
  readonly name: Name;
  readonly settings: NoSettings;
  /** @param parallel jobs side by side, where it can */
  create(surroundings: JobSurroundings, parallel: number): JobRunner;
}
