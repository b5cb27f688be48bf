import { fork } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../../errors.js';
import { noSettings } from '../../registry.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import type { JobRunner, RunEvent } from '../jobs/runner.js';
import { schedule } from '../jobs/schedule.js';
import { fromSent } from '../jobs/sent-error.js';
import type { PlannedJob } from '../plan/plan.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import type { RunnerDefinition } from './runner-definition.js';
import type { FromWorker, ToWorker } from './worker-main.js';

/** Carries jobs out in processes of their own, some side by side. */
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

  #fork(job: PlannedJob, signal: AbortSignal, tell: (event: JobEvent) => void): Promise<Holder | undefined> {
    const { store, execution, compiledCache } = this.surroundings;
    return new Promise((resolve, reject) => {
      const child = fork(new URL('./worker-main.js', import.meta.url), { serialization: 'json' });
      const send = (message: ToWorker) => child.connected && child.send(message);
      const stop = () => send({ kind: 'stop' });
      signal.addEventListener('abort', stop, { once: true });
      const settle = (finish: () => void) => {
        signal.removeEventListener('abort', stop);
        finish();
      };
      child.on('message', (message: FromWorker) => {
        switch (message.kind) {
          case 'event':
            return tell(message.event);
          case 'done':
            return settle(() => resolve(undefined));
          case 'held':
            return settle(() => resolve(message.by));
          case 'stopped':
            return settle(() => reject(signal.reason));
          case 'failed':
            return settle(() => reject(fromSent(message.error)));
        }
      });
      // The exit may be told before the last message is: only behind the disconnection nothing more can come.
      Promise.all([once(child, 'exit'), once(child, 'disconnect')])
        .then(([[code, by]]) => settle(() => reject(endedEarly(code, by))))
        .catch((error: Error) => settle(() => reject(notStarted(error))));
      send({ kind: 'start', id: job.id, store: store.folder, execution, compiledCache });
      if (signal.aborted) stop();
    });
  }
}

function notStarted(cause: Error): UserError {
  const text = `its process cannot be started: ${cause.message}. Try --parallel 1; the same command continues.`;
  return new UserError(text, { cause });
}

/** Signals by which a system, or JavaScript itself, ends a process that wants too much memory. */
const memorySignals: readonly unknown[] = ['SIGKILL', 'SIGABRT', 'SIGTRAP', 'SIGBUS'];

function endedEarly(code: unknown, by: unknown): UserError {
  const how = by === null ? `exit code ${code}` : `signal ${by}`;
  const hint = memorySignals.includes(by)
    ? 'Perhaps memory ran out: try --parallel 1, or a smaller training.batch. '
    : '';
  return new UserError(
    `its process ended before it was done (${how}). ${hint}The same command continues from its last checkpoint.`,
  );
}

export const processRunner: RunnerDefinition<'process'> = {
  name: 'process',
  description: 'processes of their own, some side by side',
  settings: noSettings,
  create: (surroundings, parallel) => new ProcessRunner(surroundings, parallel),
};
