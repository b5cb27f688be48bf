import type { JobEvent } from '../store/events.js';
import type { JobFolder } from '../store/job-folder.js';

/** Batches are stored this often, in milliseconds. */
const BATCH_INTERVAL = 1000;

/** Tells a job's events and stores them in their order, one after another. */
export class EventLog {
  #stored: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #lastBatch = Number.NEGATIVE_INFINITY;

  constructor(
    readonly folder: JobFolder,
    readonly onEvent: (event: JobEvent) => void,
  ) {}

  tell(event: JobEvent): void {
    this.onEvent(event);
    if (event.kind === 'batch') {
      const now = performance.now();
      if (now - this.#lastBatch < BATCH_INTERVAL) return;
      this.#lastBatch = now;
    }
    this.#stored = this.#stored
      .then(() => this.folder.append(event))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** Waits until all is stored. @throws FileError when something could not be. */
  async close(): Promise<void> {
    await this.#stored;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
