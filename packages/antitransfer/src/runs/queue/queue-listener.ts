import type { QueueEvents } from 'bullmq';
import type { JobEvent } from '../store/events.js';
import type { JobQueue } from './job-queue.js';
import { jobReport } from './queued-job.js';

export interface QueueListening {
  /** A worker tells something of a job that it is at. */
  onReport(id: string, event: JobEvent): void;
  /** A job has come to its end in the queue, with a result or without. */
  onOver(id: string): void;
}

/** Hears what the queue and its workers tell of the jobs in some lanes. What is told while nobody listens is lost. */
export class QueueListener {
  readonly #streams: QueueEvents[] = [];

  constructor(
    readonly queue: JobQueue,
    readonly lanes: Iterable<string>,
    readonly listening: QueueListening,
  ) {}

  async begin(): Promise<void> {
    const { onReport, onOver } = this.listening;
    for (const lane of this.lanes) {
      const stream = new this.queue.connection.bullmq.QueueEvents(lane, this.queue.options);
      // The connection tells what goes wrong with it.
      stream.on('error', () => undefined);
      stream.on('progress', ({ jobId, data }) => {
        // A worker of another version may tell what is not known here.
        const parsed = jobReport.safeParse(data);
        if (parsed.success) onReport(jobId, parsed.data.event);
      });
      stream.on('completed', ({ jobId }) => onOver(jobId));
      stream.on('failed', ({ jobId }) => onOver(jobId));
      this.#streams.push(stream);
    }
    await Promise.all(this.#streams.map((stream) => stream.waitUntilReady()));
  }

  end(): void {
    for (const stream of this.#streams) void stream.close().catch(() => undefined);
  }
}
