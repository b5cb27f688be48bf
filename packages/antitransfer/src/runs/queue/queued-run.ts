import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { EventChannel } from '../jobs/event-channel.js';
import { JobFailure } from '../jobs/job-failure.js';
import { Ledger } from '../jobs/ledger.js';
import type { RunEvent } from '../jobs/runner.js';
import { dependentsOf } from '../plan/dependents.js';
import type { PlannedJob } from '../plan/plan.js';
import type { JobEvent } from '../store/events.js';
import type { Store } from '../store/store.js';
import { laneOf } from './demand.js';
import type { JobForQueue, JobQueue } from './job-queue.js';
import { MemoryOfJobs } from './memory.js';
import { QueueListener } from './queue-listener.js';
import { untilAborted } from './until-aborted.js';

/** Jobs are looked at again so often, in milliseconds, whatever the queue has told: what it tells may be lost with a connection. */
const LOOK_MS = 5000;

/** Jobs that are looked at in a second at most. */
const LOOKS_A_SECOND = 400;

/** A result that another machine wrote is seen here after so long at the latest: clients of network file systems remember what was not there. */
const VISIBLE_MS = 90_000;

export interface QueuedRunOptions {
  readonly store: Store;
  readonly attempts: number;
  readonly cores: number;
  readonly memoryMiB?: number;
  readonly onNote?: (note: string) => void;
}

/** Jobs of one run that are in a queue: handed over, followed, and told of as their results come into the store. */
export class QueuedRun {
  readonly #ledger: Ledger;
  /** In the queue, or to be there again: by their ids. */
  readonly #pending = new Map<string, JobForQueue>();
  readonly #failures: JobFailure[] = [];
  /** What a worker last said of a try that came to nothing. */
  readonly #tried = new Map<string, JobEvent & { kind: 'tried' }>();
  /** Since when the queue is done with a job whose result is not to be seen. */
  readonly #unseen = new Map<string, number>();
  /** What was told of the queue: each sentence once. */
  readonly #told = new Set<string>();
  /** What went wrong while something was told. */
  #broken: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(
    jobs: readonly PlannedJob[],
    readonly queue: JobQueue,
    readonly options: QueuedRunOptions,
    readonly channel: EventChannel<RunEvent>,
  ) {
    this.#ledger = new Ledger(options.store, jobs);
  }

  /** @throws JobFailure when jobs fail, after all that does not wait for them; the signal's reason when it aborts */
  async carryOut(signal: AbortSignal): Promise<void> {
    await this.#ledger.begin(signal, (job) =>
      this.channel.push({ job, event: { kind: 'done', reused: true } }),
    );
    if (this.#ledger.left.length > 0) await this.#follow(signal);
    const [first, ...others] = this.#failures;
    if (first !== undefined) throw new JobFailure(first.job, first.cause, others);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (const job of await this.#forQueue(this.#ledger.left)) this.#pending.set(job.planned.id, job);
    const lanes = new Set([...this.#pending.values()].map(({ lane }) => lane));
    const listener = new QueueListener(this.queue, lanes, {
      onReport: (id, event) => this.#report(id, event),
      onOver: (id) => this.#over(id),
    });
    try {
      // Listened to first: what a fast worker tells is not to be missed.
      await untilAborted(listener.begin(), signal);
      const { added } = await untilAborted(
        this.queue.add([...this.#pending.values()], this.options.attempts),
        signal,
      );
      const there = this.#pending.size - added;
      const found = there === 0 ? '' : `, ${there} were there`;
      this.options.onNote?.(
        `${added} ${added === 1 ? 'job' : 'jobs'} queued at ${this.queue.address.shown}${found}.`,
      );
      while (this.#pending.size > 0) {
        await this.#untilDue(signal);
        signal.throwIfAborted();
        if (this.#broken !== undefined) throw this.#broken.error;
        await untilAborted(this.#look([...this.#pending.keys()]), signal);
      }
    } finally {
      listener.end();
    }
  }

  async #forQueue(jobs: readonly PlannedJob[]): Promise<JobForQueue[]> {
    const { store, cores, memoryMiB } = this.options;
    const memory = new MemoryOfJobs(store, this.#ledger.jobs);
    const byId = new Map(this.#ledger.jobs.map((job) => [job.id, job]));
    const found: JobForQueue[] = [];
    for (const planned of jobs) {
      const { job, after } = planned;
      const device = 'device' in job && typeof job.device === 'string' ? job.device : 'cpu';
      const demand = { cores, device, memoryMiB: memoryMiB ?? (await memory.of(job)) };
      found.push({
        planned,
        lane: laneOf(demand),
        waitsFor: after.filter((id) => !this.#ledger.isDone(id)),
        needed: neededBy(planned, byId),
      });
    }
    return found;
  }

  /** What a worker tells. */
  #report(id: string, event: JobEvent): void {
    const planned = this.#pending.get(id)?.planned;
    if (planned === undefined) return;
    if (event.kind === 'tried') this.#tried.set(id, event);
    if (event.kind === 'refused') {
      const text = `${event.host} ${event.reason}`;
      if (this.#told.has(text)) return;
      this.#told.add(text);
    }
    this.channel.push({ job: planned, event });
  }

  /** Until jobs are to be looked at, or none is left. */
  async #untilDue(signal: AbortSignal): Promise<void> {
    const due = Math.max(LOOK_MS, (1000 * this.#pending.size) / LOOKS_A_SECOND);
    const until = performance.now() + due;
    const isDue = () => this.#pending.size === 0 || this.#broken !== undefined || performance.now() >= until;
    while (!isDue() && !signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      const either = AbortSignal.any([signal, woken.signal]);
      await wait(until - performance.now(), undefined, { signal: either }).catch(() => undefined);
    }
  }

  /** The queue is done with a job: that is seen to at once. */
  #over(id: string): void {
    if (!this.#pending.has(id)) return;
    if (!this.#unseen.has(id)) this.#unseen.set(id, performance.now());
    this.#look([id])
      .catch((error: unknown) => {
        this.#broken ??= { error };
      })
      .finally(() => this.#wake());
  }

  /** Sees how far jobs are, and does what is to be done about it. */
  async #look(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const job = this.#pending.get(id);
      if (job === undefined) continue;
      const state = await this.queue.state(job.lane, id);
      if (state === 'failed') await this.#fail(job);
      else if (state === 'waiting-children') await this.#releaseFrom(job);
      else if (state === 'unknown') await this.#settle(job);
    }
  }

  /** The queue is done with a job, or has lost it. */
  async #settle(job: JobForQueue): Promise<void> {
    const { id } = job.planned;
    const record = await this.options.store.job(id).record();
    if (!this.#pending.has(id)) return;
    if (record !== undefined) {
      this.#pending.delete(id);
      this.#ledger.take(job.planned, record);
      this.channel.push({ job: job.planned, event: { kind: 'done', reused: false } });
      for (const other of [...this.#pending.keys()]) {
        if (this.#ledger.isGivenUp(other)) await this.#withdraw(other);
      }
      return;
    }
    const since = this.#unseen.get(id);
    if (since === undefined || performance.now() - since < VISIBLE_MS) {
      // A database that was killed may have lost it; where it is done, a worker finds the result.
      if (since === undefined || performance.now() - since > LOOK_MS) await this.#addAgain(job);
      return;
    }
    throw new UserError(
      `The queue at ${this.queue.address.shown} is done with ${job.planned.name}, and the store "${this.options.store.location}" ` +
        'has no result of it. Are its workers given this store (--store)? Two stores want two queues: --queue-name.',
    );
  }

  async #addAgain(job: JobForQueue): Promise<void> {
    const waitsFor = job.waitsFor.filter((other) => !this.#ledger.isDone(other));
    await this.queue.add([{ ...job, waitsFor }], this.options.attempts);
  }

  /** What it waits for may have been done just before it was queued: then nobody tells. */
  async #releaseFrom({ waitsFor }: JobForQueue): Promise<void> {
    for (const other of waitsFor) {
      if ((await this.options.store.job(other).record()) !== undefined) await this.queue.release(other);
    }
  }

  async #fail({ planned, lane }: JobForQueue): Promise<void> {
    const reason = await this.queue.failure(lane, planned.id);
    if (!this.#pending.delete(planned.id)) return;
    const tried = this.#tried.get(planned.id);
    const cause =
      tried?.isUserError === false
        ? Object.assign(new Error(reason), { stack: tried.message })
        : new UserError(reason);
    this.#failures.push(new JobFailure(planned, cause));
    this.channel.push({
      job: planned,
      event: { kind: 'failed', message: reason, isUserError: tried?.isUserError ?? true },
    });
    for (const other of dependentsOf(this.#ledger.jobs, planned.id)) await this.#withdraw(other);
  }

  /** There is no use in it any more. */
  async #withdraw(id: string): Promise<void> {
    const job = this.#pending.get(id);
    this.#pending.delete(id);
    if (job === undefined) return;
    await this.queue.remove(job.lane, id);
    for (const other of [id, ...job.waitsFor]) await this.queue.forget(other);
  }
}

/** All that a job waits for, at whatever distance. */
function neededBy({ after }: PlannedJob, byId: ReadonlyMap<string, PlannedJob>): string[] {
  const found = new Set<string>();
  const ends = [...after];
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    if (found.has(end)) continue;
    found.add(end);
    ends.push(...(byId.get(end)?.after ?? []));
  }
  return [...found];
}
