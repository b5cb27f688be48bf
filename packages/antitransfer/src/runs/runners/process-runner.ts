import { UserError } from '../../errors.js';
import { noSettings } from '../../registry.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner, RunEvent } from '../jobs/runner.js';
import { schedule } from '../jobs/schedule.js';
import type { PlannedJob } from '../plan/plan.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import { JobProcess, ProcessEndedError } from './job-process.js';
import type { RunnerDefinition } from './runner-definition.js';

/** Carries jobs out in processes of their own, one a job, some side by side. */
export class ProcessRunner implements JobRunner {
  /** @param parallel processes side by side */
  constructor(
    readonly surroundings: JobSurroundings,
    readonly parallel: number,
  ) {}

  run(jobs: readonly PlannedJob[], signal: AbortSignal): AsyncIterable<RunEvent> {
    return schedule(jobs, {
      store: this.surroundings.store,
      parallel: this.parallel,
      signal,
      carryOut: (job, stop, tell) => this.#fork(job, stop, tell),
    });
  }

  async #fork(
    job: PlannedJob,
    signal: AbortSignal,
    tell: (event: JobEvent) => void,
  ): Promise<Holder | undefined> {
    const child = new JobProcess();
    try {
      return await child.run(job.id, this.surroundings, signal, tell);
    } catch (error) {
      throw error instanceof ProcessEndedError ? withRemedy(error) : error;
    } finally {
      child.end();
    }
  }
}

function withRemedy(error: ProcessEndedError): UserError {
  const hint = error.mayBeMemory
    ? 'Perhaps memory ran out: try --parallel 1, or a smaller training.batch. '
    : '';
  return new UserError(
    `${error.message}. ${hint}The same command continues from the last checkpoint, with --parallel 1 if need be.`,
    { cause: error },
  );
}

export const processRunner: RunnerDefinition<'process'> = {
  name: 'process',
  description: 'processes of their own, some side by side',
  settings: noSettings,
  create: (surroundings, parallel) => new ProcessRunner(surroundings, parallel),
};
