import type { Device } from 'onnx-autograd';
import { isProcessor } from '../../learning/training/device.js';
import type { PlannedJob } from '../plan/plan.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import { deviceOf } from '../store/job.js';
import type { JobRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { type EventChannel, eventsOf } from './event-channel.js';
import { JobFailure } from './job-failure.js';
import { Ledger } from './ledger.js';
import type { RunEvent } from './runner.js';

/**
 * Does one job; its result is in the store when the promise is fulfilled. With who is at it, when somebody is: then
 * nothing was done.
 */
export type CarryOut = (
  job: PlannedJob,
  signal: AbortSignal,
  tell: (event: JobEvent) => void,
) => Promise<Holder | undefined>;

export interface ScheduleOptions {
  readonly store: Store;
  /** Jobs side by side; of those that another device than the processor computes, one a device. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  readonly carryOut: CarryOut;
}

/** The order of jobs that every runner on this machine keeps; see {@link JobRunner.run}. */
export function schedule(jobs: readonly PlannedJob[], options: ScheduleOptions): AsyncGenerator<RunEvent> {
  return eventsOf(options.signal, (channel, signal) => carryOutAll(jobs, { ...options, signal }, channel));
}

async function carryOutAll(
  jobs: readonly PlannedJob[],
  options: ScheduleOptions,
  channel: EventChannel<RunEvent>,
): Promise<void> {
  const schedule = new Schedule(jobs, options, channel);
  await schedule.findDone();
  await schedule.run();
}

/** Jobs on their way. */
class Schedule {
  readonly #ledger: Ledger;
  /** Not begun, in the order in which they are to be. */
  #queued: PlannedJob[];
  /** Those that this process carries out. */
  readonly #running = new Set<Promise<void>>();
  /** Those that other processes are at: they take no place beside those that run. */
  readonly #elsewhere = new Set<Promise<void>>();
  /** Devices with a job on them, and memory for no other. */
  readonly #taken = new Set<Device>();
  readonly #stopping = new AbortController();
  readonly #stop: AbortSignal;
  #failure: JobFailure | undefined;

  constructor(
    jobs: readonly PlannedJob[],
    readonly options: ScheduleOptions,
    readonly channel: EventChannel<RunEvent>,
  ) {
    this.#ledger = new Ledger(options.store, jobs);
    this.#queued = [...jobs];
    this.#stop = AbortSignal.any([options.signal, this.#stopping.signal]);
  }

  /** Takes out the jobs whose results are in the store. */
  async findDone(): Promise<void> {
    await this.#ledger.begin(this.options.signal, (job) => this.#tellFound(job));
    this.#queued = this.#ledger.left;
  }

  #tellFound(job: PlannedJob): void {
    this.channel.push({ job, event: { kind: 'done', reused: true } });
  }

  #take(job: PlannedJob, record: JobRecord | undefined): void {
    this.#ledger.take(job, record);
    this.#queued = this.#queued.filter(({ id }) => !this.#ledger.isGivenUp(id));
  }

  async run(): Promise<void> {
    const { parallel, signal } = this.options;
    while (this.#queued.length + this.#running.size + this.#elsewhere.size > 0) {
      const next = this.#stop.aborted ? -1 : this.#queued.findIndex((job) => this.#canBegin(job));
      const [job] = next >= 0 && this.#running.size < parallel ? this.#queued.splice(next, 1) : [];
      if (job !== undefined) this.#follow(this.#running, job, this.#onDevice(job));
      else if (this.#running.size + this.#elsewhere.size > 0)
        await Promise.race([...this.#running, ...this.#elsewhere]);
      else break;
    }
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    const [left] = this.#queued;
    if (left !== undefined) throw new RangeError(`${left.name} waits for jobs that are not among these.`);
  }

  #canBegin({ after, job }: PlannedJob): boolean {
    return !this.#taken.has(deviceOf(job)) && after.every((id) => this.#ledger.isDone(id));
  }

  async #onDevice(job: PlannedJob): Promise<void> {
    const device = deviceOf(job.job);
    if (isProcessor(device)) return this.#carryOut(job);
    this.#taken.add(device);
    try {
      await this.#carryOut(job);
    } finally {
      this.#taken.delete(device);
    }
  }

  /** Keeps work among the others until it ends; when it fails, all are stopped. */
  #follow(among: Set<Promise<void>>, job: PlannedJob, work: Promise<void>): void {
    const followed: Promise<void> = work
      .catch((error: unknown) => {
        this.#failure ??= new JobFailure(job, error instanceof Error ? error : new Error(String(error)));
        this.#stopping.abort();
      })
      .finally(() => among.delete(followed));
    among.add(followed);
  }

  async #carryOut(job: PlannedJob): Promise<void> {
    const tell = (event: JobEvent) => this.channel.push({ job, event });
    const holder = await this.options.carryOut(job, this.#stop, tell);
    if (holder === undefined) {
      this.#take(job, await this.options.store.job(job.id).record());
      return;
    }
    const { host, pid } = holder;
    tell({ kind: 'waiting', host, pid });
    this.#follow(this.#elsewhere, job, this.#awaitOther(job));
  }

  /** Until nobody is at a job: then it is done, or somebody has to go on with it. */
  async #awaitOther(job: PlannedJob): Promise<void> {
    const folder = this.options.store.job(job.id);
    await folder.free(this.#stop);
    const record = await folder.result();
    if (record === undefined) {
      this.#queued.unshift(job);
      return;
    }
    this.#take(job, record);
    this.#tellFound(job);
  }
}
