import { noSettings } from '../../registry.js';
import { carryOut } from '../jobs/carry-out.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner, RunEvent } from '../jobs/runner.js';
import { schedule } from '../jobs/schedule.js';
import type { PlannedJob } from '../plan/plan.js';
import { doJob } from '../trainings/work.js';
import type { RunnerDefinition } from './runner-definition.js';

/** Carries jobs out in this process, one after another. A training blocks the thread while it computes. */
export class InlineRunner implements JobRunner {
  constructor(readonly surroundings: JobSurroundings) {}

  run(jobs: readonly PlannedJob[], signal: AbortSignal): AsyncIterable<RunEvent> {
    const { surroundings } = this;
    return schedule(jobs, {
      store: surroundings.store,
      parallel: 1,
      signal,
      carryOut: ({ id }, stop, tell) => carryOut(id, surroundings, doJob, stop, tell),
    });
  }
}

export const inlineRunner: RunnerDefinition<'inline'> = {
  name: 'inline',
  description: 'this process, one after another',
  settings: noSettings,
  create: (surroundings) => new InlineRunner(surroundings),
};
