import type { RunnerName } from '../config/execution.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner } from '../jobs/runner.js';
import { InlineRunner } from './inline-runner.js';
import { ProcessRunner } from './process-runner.js';

export interface RunnerDefinition {
  /** One line for people. */
  readonly description: string;
  /** @param parallel jobs side by side, where it can */
  create(surroundings: JobSurroundings, parallel: number): JobRunner;
}

/** Who carries jobs out, by the name in `execution.runner`. One test runs over all of them. */
export const runners: Readonly<Record<RunnerName, RunnerDefinition>> = {
  process: {
    description: 'processes of their own, some side by side',
    create: (surroundings, parallel) => new ProcessRunner(surroundings, parallel),
  },
  inline: {
    description: 'this process, one after another',
    create: (surroundings) => new InlineRunner(surroundings),
  },
};
