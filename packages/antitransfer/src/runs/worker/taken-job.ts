import type { Job } from 'bullmq';
import type { JobQueue } from '../queue/job-queue.js';
import { type JobAnswer, type JobReport, jobReport, type QueuedJob } from '../queue/queued-job.js';
import type { JobEvent } from '../store/events.js';

/** Who was not heard of for so long, in milliseconds, counts as dead: its job is given to another. */
export const LOCK_MS = 10_000;

/** Batches are told this often, in milliseconds. */
const BATCH_INTERVAL = 1000;

/** A job that a worker has taken from the queue: its own as long as it renews the lock. */
export class TakenJob {
  readonly id: string;
  readonly #lock: NodeJS.Timeout;
  #isRenewing = false;
  /** Tries that no longer count. */
  #settled: number;
  #told: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lastBatch = Number.NEGATIVE_INFINITY;

  constructor(
    readonly queue: JobQueue,
    readonly lane: string,
    readonly job: Job,
    readonly token: string,
    readonly data: QueuedJob,
  ) {
    this.id = job.id ?? '';
    const known = jobReport.safeParse(job.progress);
    this.#settled = known.success ? known.data.settled : 0;
    this.#lock = setInterval(() => this.#renew(), LOCK_MS / 3);
  }

  #renew(): void {
    // While the database is away one renewal waits, not all of them.
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.job
      .extendLock(this.token, LOCK_MS)
      // The queue took its worker for dead: another goes on behind the claim in the store, or finds the result.
      .catch(() => undefined)
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  /** Which try this is, from 1: those before ended without its worker having come any further. */
  get attempt(): number {
    return 1 + this.job.attemptsMade + this.job.stalledCounter - this.#settled;
  }

  /** Whether this is the last one. */
  get isLast(): boolean {
    return this.attempt >= this.data.attempts;
  }

  /** Tells whoever waits for the job. What cannot be told now is told later, but for batches. */
  report(event: JobEvent): void {
    if (event.kind === 'batch') {
      const now = performance.now();
      if (now - this.#lastBatch < BATCH_INTERVAL || this.#waiting > 0) return;
      this.#lastBatch = now;
    }
    // At the end of an epoch a checkpoint is written: whatever comes now, it has come further.
    if (event.kind === 'epoch') this.#settled = this.job.attemptsMade + this.job.stalledCounter;
    const report: JobReport = { settled: this.#settled, event };
    this.#waiting++;
    this.#told = this.#told
      .then(() => this.job.updateProgress(report))
      .catch(() => undefined)
      .finally(() => {
        this.#waiting--;
      });
  }

  /** It is done; whoever waits for it moves up. */
  async complete(answer: JobAnswer): Promise<void> {
    await this.#finish(async () => {
      await this.queue.release(this.id);
      await this.job.moveToCompleted(answer, this.token, false).catch(async (error: unknown) => {
        if (!isPendingDependencies(error)) throw error;
        // It was queued again while it was carried out, behind jobs that are done.
        for (const other of this.data.after) await this.queue.release(other);
        await this.job.moveToCompleted(answer, this.token, false);
      });
    });
  }

  /** A try came to nothing: it is tried again after a while, or, for good, has failed. */
  async fail(message: string): Promise<void> {
    const { UnrecoverableError } = this.queue.connection.bullmq;
    const error = this.isLast ? new UnrecoverableError(message) : new Error(message);
    await this.#finish(() => this.job.moveToFailed(error, this.token, false));
  }

  /** The next worker takes it, at once. */
  async giveBack(): Promise<void> {
    await this.#finish(() => this.job.moveToWait(this.token));
  }

  /** A worker takes it after a while, in milliseconds. */
  async postpone(delay: number): Promise<void> {
    await this.#finish(() => this.job.moveToDelayed(Date.now() + delay, this.token));
  }

  async #finish(move: () => Promise<unknown>): Promise<void> {
    try {
      await this.#told;
      await move();
    } catch (error) {
      // Another worker has it, or has finished it.
      if (!isLockLost(error)) throw error;
    } finally {
      clearInterval(this.#lock);
    }
  }
}

/** Codes of the queue's scripts: the job is gone; its lock is; it is not being carried out; the lock is another's. */
const lockLost: readonly unknown[] = [-1, -2, -3, -6];

function isLockLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lockLost.includes(error.code);
}

function isPendingDependencies(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === -4;
}
