import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Worker } from 'bullmq';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { byDemand, type Capacity, type Demand, demandOf, fits } from '../queue/demand.js';
import type { JobQueue } from '../queue/job-queue.js';
import { codeOfJobs, queuedJob } from '../queue/queued-job.js';
import { LOCK_MS, TakenJob } from './taken-job.js';

/** Jobs of workers that died are looked for so often, in milliseconds, by one worker of all. */
const STALLED_MS = 5000;

/** Which lanes there are is asked again after so long, in milliseconds. */
const LANES_MS = 2000;

/** What every version says of a job. */
const anyQueued = z.object({ code: z.string() });

/** Takes jobs from those lanes of a queue that fit a machine. */
export class LaneTakers {
  readonly #takers = new Map<string, Worker>();
  readonly #unfit = new Set<string>();
  #lanes: readonly string[] = [];
  #asked = Number.NEGATIVE_INFINITY;

  constructor(
    readonly queue: JobQueue,
    /** Of the whole machine. */
    readonly capacity: Capacity,
    /** Told of a lane that does not fit the machine, once. */
    readonly onUnfit: (demand: Demand) => void,
  ) {}

  /**
   * The next job that fits what is free; `undefined` where there is none just now.
   *
   * @throws UserError when it was queued by another version
   */
  async take(free: Capacity): Promise<{ readonly taken: TakenJob; readonly demand: Demand } | undefined> {
    for (const lane of await this.lanes()) {
      const demand = demandOf(lane);
      if (demand === undefined || !fits(demand, free)) continue;
      const token = randomUUID();
      const job = await (await this.#taker(lane)).getNextJob(token, { block: false });
      if (job === undefined) continue;
      const parsed = queuedJob.safeParse(job.data);
      const here = await codeOfJobs();
      const there = anyQueued.safeParse(job.data).data?.code ?? 'an unknown version';
      if (!parsed.success || there !== here) {
        const error = mismatch(here, there);
        await job.updateProgress({
          settled: 0,
          event: { kind: 'refused', host: hostname(), reason: error.message },
        });
        await job.moveToWait(token);
        throw error;
      }
      return { taken: new TakenJob(this.queue, lane, job, token, parsed.data), demand };
    }
    return undefined;
  }

  /** The lanes that fit the machine, first those that fit fewest. */
  async lanes(): Promise<readonly string[]> {
    const now = performance.now();
    if (now - this.#asked < LANES_MS) return this.#lanes;
    const fitting: string[] = [];
    for (const lane of await this.queue.lanes()) {
      const demand = demandOf(lane);
      if (demand === undefined) continue;
      if (fits(demand, this.capacity)) fitting.push(lane);
      else if (!this.#unfit.has(lane)) this.onUnfit(demand);
      if (!fitting.includes(lane)) this.#unfit.add(lane);
    }
    this.#asked = now;
    this.#lanes = fitting.sort(byDemand);
    return this.#lanes;
  }

  async #taker(lane: string): Promise<Worker> {
    const known = this.#takers.get(lane);
    if (known !== undefined) return known;
    const taker = new this.queue.connection.bullmq.Worker(lane, null, {
      ...this.queue.options,
      autorun: false,
      skipLockRenewal: true,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      // Deaths are counted by whoever takes the job next: it knows whether it came further.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    taker.on('error', () => undefined);
    this.#takers.set(lane, taker);
    await taker.startStalledCheckTimer();
    return taker;
  }

  close(): void {
    for (const taker of this.#takers.values()) void taker.close(true).catch(() => undefined);
  }
}

function mismatch(here: string, there: string): UserError {
  return new UserError(
    `This worker is ${here}, and the job was queued by ${there}: they would come to other numbers. Install one version on all machines.`,
  );
}
