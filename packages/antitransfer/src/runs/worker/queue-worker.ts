import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import { isUserCaused } from '../jobs/user-caused.js';
import type { Capacity, Demand } from '../queue/demand.js';
import type { JobQueue } from '../queue/job-queue.js';
import { untilAborted } from '../queue/until-aborted.js';
import { JobProcess, ProcessEndedError } from '../runners/job-process.js';
import type { Holder } from '../store/claim.js';
import { lackedBy, readinessOf } from './lacking.js';
import { LaneTakers } from './lane-takers.js';
import type { TakenJob } from './taken-job.js';

/** An empty queue is asked again after so long, in milliseconds: at first, and at most. */
const POLL_MS = { first: 50, most: 1000 } as const;

/** What a worker lacks it may have after so long, in milliseconds; others have the job meanwhile. */
const LACKING_MS = { first: 2000, most: 60_000 } as const;

/** So long a worker that ends waits for a database that is away, in milliseconds: the lock ends by itself. */
const LEAVE_MS = 5000;

export interface QueueWorkerOptions {
  readonly queue: JobQueue;
  /** Of each of the jobs side by side; threads are raised to what a job asks for. */
  readonly surroundings: JobSurroundings;
  /** Jobs side by side, at most: as many as fit. */
  readonly concurrency: number;
  readonly capacity: Capacity;
  /** When it ends by itself: never, behind one job, or when nothing is left in the lanes that fit it. */
  readonly until: 'stopped' | 'one' | 'empty';
  /** A line for people: what happens. */
  readonly log: (line: string) => void;
}

/** What a worker did. */
export interface WorkerTally {
  done: number;
  failed: number;
}

/**
 * Takes jobs from a queue and carries them out, until it is told to stop.
 *
 * @throws UserError when a job was queued by another version, or the store cannot be written to
 */
export async function workQueue(options: QueueWorkerOptions, signal: AbortSignal): Promise<WorkerTally> {
  const use = await options.surroundings.store.use(signal);
  const worker = new QueueWorker(options, signal);
  try {
    return await worker.run();
  } finally {
    await use.release();
  }
}

class QueueWorker {
  readonly #takers: LaneTakers;
  readonly #tally: WorkerTally = { done: 0, failed: 0 };
  readonly #ending = new AbortController();
  /** Aborts when nothing new is begun, and what is under way stops behind a checkpoint. */
  readonly #stop: AbortSignal;
  /** Jobs that processes elsewhere are at: they take no place beside those that run. */
  readonly #elsewhere = new Set<Promise<void>>();
  /** How often what was lacking for a job. */
  readonly #lacked = new Map<string, number>();
  #free: Capacity;
  /** One place at a time asks for a job. */
  #turn: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(
    readonly options: QueueWorkerOptions,
    signal: AbortSignal,
  ) {
    this.#stop = AbortSignal.any([signal, this.#ending.signal]);
    this.#free = options.capacity;
    this.#takers = new LaneTakers(options.queue, options.capacity, ({ memoryMiB, cores, device }) =>
      options.log(
        `left to others: jobs that ask for ${memoryMiB} MiB, ${cores} cores, ${device} (here ${options.capacity.memoryMiB} MiB, ` +
          `${options.capacity.cores} cores, ${options.capacity.devices.join(', ')})`,
      ),
    );
  }

  async run(): Promise<WorkerTally> {
    const places = Array.from({ length: this.options.concurrency }, () =>
      this.#place().catch((error: unknown) => {
        if (!this.#stop.aborted) this.#failure ??= { error };
        this.#ending.abort();
      }),
    );
    await Promise.all(places);
    this.#ending.abort();
    await Promise.all(this.#elsewhere);
    this.#takers.close();
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#tally;
  }

  /** One job after another. */
  async #place(): Promise<void> {
    let process: JobProcess | undefined;
    let pause: number = POLL_MS.first;
    try {
      while (!this.#stop.aborted) {
        const found = await untilAborted(this.#take(), this.#stop);
        if (found === undefined) {
          if (await this.#isOver()) return;
          await wait(pause * (0.5 + Math.random()), undefined, { signal: this.#stop }).catch(() => undefined);
          pause = Math.min(2 * pause, POLL_MS.most);
          continue;
        }
        pause = POLL_MS.first;
        if (process === undefined || process.isOver) process = new JobProcess();
        await this.#carryOut(found.taken, found.demand, process);
        this.#free = plus(this.#free, found.demand);
        if (this.options.until === 'one') this.#ending.abort();
      }
    } finally {
      process?.end();
    }
  }

  #take() {
    const turn = this.#turn.then(async () => {
      if (this.#stop.aborted) return undefined;
      const found = await this.#takers.take(this.#free);
      if (found === undefined) return undefined;
      if (this.#stop.aborted) {
        await found.taken.giveBack();
        return undefined;
      }
      this.#free = minus(this.#free, found.demand);
      return found;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #isOver(): Promise<boolean> {
    if (this.options.until !== 'empty') return false;
    return untilAborted(
      this.#takers.lanes().then((lanes) => this.options.queue.isEmpty(lanes)),
      this.#stop,
    );
  }

  async #carryOut(taken: TakenJob, demand: Demand, process: JobProcess): Promise<void> {
    const { log, surroundings } = this.options;
    const name = `${taken.data.name} (${taken.id.slice(0, 8)})`;
    const readiness = await readinessOf(taken.id, taken.data, surroundings.store);
    if (readiness.kind === 'lacking') return this.#refuse(taken, name, readiness.reason);
    if (readiness.kind === 'given up') {
      log(`${name}: given up, it waits for a training that diverged`);
      return this.#leave(taken.complete({ givenUp: true }));
    }
    if (taken.attempt > taken.data.attempts) {
      const message = `It was begun ${taken.attempt - 1} times, and each time its worker died before it came any further.`;
      return this.#fail(taken, name, { message, isUserError: true });
    }
    const begun = performance.now();
    log(`${name}: begun${taken.attempt > 1 ? `, try ${taken.attempt} of ${taken.data.attempts}` : ''}`);
    try {
      const { execution } = surroundings;
      const threads = Math.max(execution.threads ?? 1, demand.cores);
      const here = { ...surroundings, execution: { ...execution, threads } };
      const holder = await process.run(taken.id, here, this.#stop, (event) => {
        // The queue itself tells that it is over, and how.
        if (event.kind !== 'done' && event.kind !== 'failed') taken.report(event);
      });
      if (holder !== undefined) return this.#awaitOther(taken, name, holder);
      await this.#leave(taken.complete({ givenUp: false }));
      this.#tally.done++;
      log(`${name}: done in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    } catch (error) {
      if (this.#stop.aborted && !(error instanceof ProcessEndedError)) {
        await this.#leave(taken.giveBack());
        log(`${name}: given back behind a checkpoint`);
        return;
      }
      const lacked = lackedBy(error);
      if (lacked !== undefined) return this.#refuse(taken, name, lacked);
      await this.#fail(taken, name, told(error));
    }
  }

  /** A try came to nothing. */
  async #fail(
    taken: TakenJob,
    name: string,
    { message, isUserError }: { readonly message: string; readonly isUserError: boolean },
  ): Promise<void> {
    const { attempt } = taken;
    const { attempts } = taken.data;
    const tried = { host: hostname(), attempt: Math.min(attempt, attempts), attempts };
    taken.report({ kind: 'tried', ...tried, message, isUserError });
    this.options.log(`${name}: try ${tried.attempt} of ${attempts} failed: ${message}`);
    const last = `${firstLine(message)} (tried ${attempts} times, at last on ${tried.host})`;
    if (taken.isLast) this.#tally.failed++;
    await this.#leave(taken.fail(taken.isLast ? last : firstLine(message)));
  }

  /** What it lacks others may have. */
  async #refuse(taken: TakenJob, name: string, reason: string): Promise<void> {
    const times = this.#lacked.get(taken.id) ?? 0;
    this.#lacked.set(taken.id, times + 1);
    if (times === 0) this.options.log(`${name}: left to others: ${reason}`);
    taken.report({ kind: 'refused', host: hostname(), reason });
    await this.#leave(taken.postpone(Math.min(LACKING_MS.first * 2 ** times, LACKING_MS.most)));
  }

  /** Somebody is at it, or died at it on another machine: then it is the next one's. */
  #awaitOther(taken: TakenJob, name: string, { host, pid }: Holder): void {
    this.options.log(`${name}: process ${pid} on ${host} is at it: waiting for it`);
    taken.report({ kind: 'waiting', host, pid });
    const free = this.options.surroundings.store.job(taken.id).free(this.#stop);
    const followed: Promise<void> = free
      .catch(() => undefined)
      .then(() => this.#leave(taken.giveBack()))
      .catch((error: unknown) => this.options.log(`${name}: ${messageOf(error)}`))
      .finally(() => this.#elsewhere.delete(followed));
    this.#elsewhere.add(followed);
  }

  /** What is told to the queue: waited for as long as it takes, but not by a worker that ends. */
  async #leave(told: Promise<void>): Promise<void> {
    const late = new AbortController();
    const stopped = () => setTimeout(() => late.abort(), LEAVE_MS).unref();
    if (this.#stop.aborted) stopped();
    else this.#stop.addEventListener('abort', stopped, { once: true });
    try {
      await untilAborted(told, late.signal);
    } catch (error) {
      if (!late.signal.aborted) throw error;
    } finally {
      this.#stop.removeEventListener('abort', stopped);
    }
  }
}

function told(error: unknown): { readonly message: string; readonly isUserError: boolean } {
  if (error instanceof ProcessEndedError) {
    const hint = error.mayBeMemory ? '. Perhaps memory ran out: try worker --concurrency 1' : '';
    return { message: `${error.message}${hint}`, isUserError: true };
  }
  if (isUserCaused(error)) return { message: messageOf(error), isUserError: true };
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    isUserError: false,
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1).join();
}

function plus(free: Capacity, { memoryMiB, cores }: Demand): Capacity {
  return { ...free, memoryMiB: free.memoryMiB + memoryMiB, cores: free.cores + cores };
}

function minus(free: Capacity, demand: Demand): Capacity {
  return plus(free, { ...demand, memoryMiB: -demand.memoryMiB, cores: -demand.cores });
}
