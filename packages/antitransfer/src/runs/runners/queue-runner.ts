import { eventsOf } from '../jobs/event-channel.js';
import type { JobRunner, RunEvent } from '../jobs/runner.js';
import type { PlannedJob } from '../plan/plan.js';
import type { QueueAddress } from '../queue/address.js';
import { JobQueue } from '../queue/job-queue.js';
import { QueuedRun } from '../queue/queued-run.js';
import type { Store } from '../store/store.js';

export interface QueueRunnerOptions {
  readonly store: Store;
  readonly address: QueueAddress;
  /** A job that fails, or ends its worker, is tried so often. */
  readonly attempts: number;
  /** What each job asks of a machine at least; memory is estimated when absent. */
  readonly cores: number;
  readonly memoryMiB?: number;
  /** Told what people should know of the queue: sentences. */
  readonly onNote?: (note: string) => void;
}

/**
 * Hands jobs to a queue, whose workers carry them out on other machines, and tells of them. When it is stopped, or dies, they
 * go on; whoever asks for them later finds them, done or waiting.
 */
export class QueueRunner implements JobRunner {
  constructor(readonly options: QueueRunnerOptions) {}

  async *run(jobs: readonly PlannedJob[], signal: AbortSignal): AsyncGenerator<RunEvent> {
    signal.throwIfAborted();
    const { address, onNote } = this.options;
    const { shown } = address;
    const queue = await JobQueue.open(address, {
      onLost: () =>
        onNote?.(`The queue at ${shown} does not answer. What is begun goes on; waiting until it is back.`),
      onBack: () => onNote?.(`The queue at ${shown} is back.`),
    });
    try {
      yield* eventsOf(signal, (channel, stopped) =>
        new QueuedRun(jobs, queue, this.options, channel).carryOut(stopped),
      );
    } finally {
      await queue.close();
    }
  }
}
