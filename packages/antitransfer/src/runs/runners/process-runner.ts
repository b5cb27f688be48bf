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

/**
 * Carries jobs out in processes of their own, some side by side. A process that is done with one does the next: to start one takes a
 * third of a second of a processor. One whose job failed does no other.
 */
export class ProcessRunner implements JobRunner {
  readonly #idle: JobProcess[] = [];

  /** @param parallel processes side by side */
  constructor(
    readonly surroundings: JobSurroundings,
    readonly parallel: number,
  ) {}

  async *run(jobs: readonly PlannedJob[], signal: AbortSignal): AsyncIterable<RunEvent> {
    try {
      yield* schedule(jobs, {
        store: this.surroundings.store,
        parallel: this.parallel,
        signal,
        carryOut: (job, stop, tell) => this.#carryOut(job, stop, tell),
      });
    } finally {
      for (const child of this.#idle.splice(0)) child.end();
    }
  }

  async #carryOut(
    job: PlannedJob,
    signal: AbortSignal,
    tell: (event: JobEvent) => void,
  ): Promise<Holder | undefined> {
    const child = this.#takeIdle() ?? new JobProcess();
    try {
      const holder = await child.run(job.id, this.surroundings, signal, tell);
      this.#idle.push(child);
      return holder;
    } catch (error) {
      child.end();
      throw error instanceof ProcessEndedError ? withRemedy(error) : error;
    }
  }

  /** One that was killed since its last job is none. */
  #takeIdle(): JobProcess | undefined {
    for (let child = this.#idle.pop(); child !== undefined; child = this.#idle.pop())
      if (!child.isOver) return child;
    return undefined;
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
