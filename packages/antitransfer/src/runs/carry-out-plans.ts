import { ComparisonFolder, type ComparisonIndex } from './folder/comparison-folder.js';
import { isJobFailure } from './jobs/job-failure.js';
import type { JobRunner, RunEvent } from './jobs/runner.js';
import { completeRepetitions } from './plan/complete-repetitions.js';
import { jobNames } from './plan/job-names.js';
import type { Plan, PlannedJob } from './plan/plan.js';
import type { PlannedExperiment } from './plan-experiment.js';
import type { JobEvent } from './store/events.js';
import type { JobRecord } from './store/records.js';
import type { Store } from './store/store.js';

/** An experiment that is carried out, and where. */
export interface BegunExperiment extends PlannedExperiment {
  readonly folder: string;
  readonly index: ComparisonIndex;
}

/** An experiment whose trainings are all done. */
export interface TrainedExperiment extends PlannedExperiment {
  readonly index: ComparisonIndex;
  /** What its jobs left, by their ids. */
  readonly records: ReadonlyMap<string, JobRecord>;
}

/** Told what happens to the jobs of experiments that are carried out together. */
export interface CarryOutObserver {
  /** Something has happened to a job. */
  onEvent?(event: RunEvent): void;
  /** A job's result is in the store; `reused` when it was there before. */
  onDone?(job: PlannedJob, record: JobRecord, reused: boolean): void;
  /** A repetition of an experiment has come to its end, and others have not: all that is known of those that have. */
  onRepetition?(soFar: TrainedExperiment, begun: BegunExperiment): Promise<void> | void;
  /** An experiment has come to its end; others may go on. */
  onExperiment?(trained: TrainedExperiment, begun: BegunExperiment): Promise<void> | void;
}

export interface CarryOutOptions {
  readonly runner: JobRunner;
  readonly signal: AbortSignal;
  /** What people call a job, for what went wrong in it; as {@link jobNames} when absent. */
  readonly nameOf?: (id: string) => string | undefined;
  readonly observer?: CarryOutObserver;
}

/**
 * Writes into an experiment's folder what is asked, before anything is trained.
 *
 * @throws UserError when it cannot be written there.
 */
export async function beginExperiment(planned: PlannedExperiment, folder: string): Promise<BegunExperiment> {
  const { config, data, plan, store } = planned;
  const index = await new ComparisonFolder(folder).begin(config, data, plan, store.location);
  return { ...planned, folder, index: { ...index, seconds: index.seconds + planned.seconds } };
}

/** The jobs of several plans, each once, in their order. */
export function unionOfJobs(plans: readonly Pick<Plan, 'jobs'>[]): PlannedJob[] {
  const found = new Map<string, PlannedJob>();
  for (const job of plans.flatMap(({ jobs }) => jobs)) if (!found.has(job.id)) found.set(job.id, job);
  return [...found.values()];
}

/**
 * Trains what experiments ask for and the store does not have, each job once whoever asks for it.
 *
 * @throws UserError when a training cannot be done; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function carryOutPlans(
  begun: readonly BegunExperiment[],
  { runner, signal, nameOf, observer }: CarryOutOptions,
): Promise<TrainedExperiment[]> {
  const records = new Map<string, JobRecord>();
  const underWay = begun.map((experiment) => new UnderWay(experiment, records));
  const asking = new Map<string, UnderWay[]>();
  for (const one of underWay) {
    for (const { id } of one.begun.plan.jobs) asking.set(id, [...(asking.get(id) ?? []), one]);
  }
  const jobs = unionOfJobs(begun.map(({ plan }) => plan));
  const first = (id: string) => asking.get(id)?.[0];
  try {
    for await (const event of runner.run(jobs, signal)) {
      const { job } = event;
      observer?.onEvent?.(event);
      first(job.id)?.see(event);
      if (event.event.kind !== 'done') continue;
      const { reused } = event.event;
      const store = first(job.id)?.begun.store;
      // Its files are whole: that was looked at, or they were written, just now.
      const record = await store?.job(job.id).record();
      if (record === undefined) throw new Error(`The job ${job.id} is done and left nothing.`);
      records.set(job.id, record);
      observer?.onDone?.(job, record, reused);
      if (!reused) await first(job.id)?.keepTime();
      for (const one of asking.get(job.id) ?? []) await one.tell(observer, reused);
    }
  } catch (error) {
    // What went wrong first is what is told, also where nothing can be written any more.
    await Promise.allSettled(underWay.map((one) => one.keepTime()));
    if (!isJobFailure(error)) throw error;
    throw error.called(({ id, name }) => {
      const own = first(id)?.begun.plan;
      return nameOf?.(id) ?? (own && jobNames(own).get(id)) ?? name;
    });
  }
  for (const one of underWay) await one.keepTime();
  return underWay.map((one) => one.trained());
}

/** What is told last of a job, or of a try: nobody is at it then. */
const endings: ReadonlySet<JobEvent['kind']> = new Set(['done', 'failed', 'tried', 'refused', 'stopped']);

/**
 * Carries out jobs that are not all of an experiment: those that are left join it later.
 *
 * @throws UserError when a training cannot be done; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function carryOutJobs(
  jobs: readonly PlannedJob[],
  store: Store,
  { runner, signal, nameOf, observer }: CarryOutOptions,
): Promise<void> {
  try {
    for await (const event of runner.run(jobs, signal)) {
      observer?.onEvent?.(event);
      if (event.event.kind !== 'done') continue;
      const record = await store.job(event.job.id).record();
      if (record === undefined) throw new Error(`The job ${event.job.id} is done and left nothing.`);
      observer?.onDone?.(event.job, record, event.event.reused);
    }
  } catch (error) {
    if (!isJobFailure(error)) throw error;
    throw error.called(({ id, name }) => nameOf?.(id) ?? name);
  }
}

/**
 * One of the experiments that are carried out. Its time is that in which a job is under way that it is the first to ask for:
 * for the others the job was there.
 */
class UnderWay {
  readonly #running = new Set<string>();
  /** Since when something of it is done; undefined while nothing is. */
  #since: number | undefined;
  #seconds = 0;
  /** What is written of it; its preparation is not. */
  #kept = -1;
  #told = 0;
  #isOver = false;

  constructor(
    readonly begun: BegunExperiment,
    /** Of all experiments. */
    readonly records: ReadonlyMap<string, JobRecord>,
  ) {}

  /** What happens to a job that it is the first to ask for. */
  see({ job, event }: RunEvent): void {
    if (endings.has(event.kind)) this.#running.delete(job.id);
    else this.#running.add(job.id);
    this.#count();
    this.#since = this.#running.size > 0 ? performance.now() : undefined;
  }

  #count(): void {
    const now = performance.now();
    if (this.#since !== undefined) this.#seconds += (now - this.#since) / 1000;
    if (this.#since !== undefined) this.#since = now;
  }

  get #index(): ComparisonIndex {
    const { index } = this.begun;
    return { ...index, seconds: index.seconds + this.#seconds };
  }

  async keepTime(): Promise<void> {
    this.#count();
    if (this.#seconds === this.#kept) return;
    this.#kept = this.#seconds;
    await new ComparisonFolder(this.begun.folder).write(this.#index);
  }

  /** Tells what has come to its end with the last result. */
  async tell(observer: CarryOutObserver | undefined, reused: boolean): Promise<void> {
    const { plan } = this.begun;
    const complete = completeRepetitions(plan, this.records);
    if (complete.size === plan.repetitions.length) {
      if (this.#isOver) return;
      this.#isOver = true;
      await this.keepTime();
      await observer?.onExperiment?.(this.trained(), this.begun);
      return;
    }
    if (reused || complete.size <= this.#told) return;
    this.#told = complete.size;
    await observer?.onRepetition?.(this.trained(onlyRepetitions(plan, complete)), this.begun);
  }

  trained(plan: Plan = this.begun.plan): TrainedExperiment {
    const { config, data, store, seconds } = this.begun;
    this.#count();
    const own = plan.jobs.flatMap(({ id }): [string, JobRecord][] => {
      const record = this.records.get(id);
      return record === undefined ? [] : [[id, record]];
    });
    return { config, data, plan, store, seconds, index: this.#index, records: new Map(own) };
  }
}

/** A plan without the cells of other repetitions. */
function onlyRepetitions(plan: Plan, complete: ReadonlySet<number>): Plan {
  return {
    ...plan,
    methods: plan.methods.filter(({ repetition }) => complete.has(repetition)),
    tasks: plan.tasks.filter(({ repetition }) => complete.has(repetition)),
  };
}
