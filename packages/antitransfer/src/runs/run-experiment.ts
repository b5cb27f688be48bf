import { join } from 'node:path';
import type { DataAccount } from '../data/account/account.js';
import { writeDemoCorpus } from '../data/corpora/demo/corpus.js';
import { UserError } from '../errors.js';
import { FileError } from '../files/file-error.js';
import { sharesOf } from './config/execution.js';
import type { Config, Experiment } from './config/schema.js';
import { demoFolder, onThisMachine } from './data/demo.js';
import { drawSplits } from './data/draw-splits.js';
import { mostlySilence } from './data/mostly-silence.js';
import { type PreparedData, prepare } from './data/prepare.js';
import { ComparisonFolder, type ComparisonIndex } from './folder/comparison-folder.js';
import { isJobFailure } from './jobs/job-failure.js';
import type { JobRunner, RunEvent } from './jobs/runner.js';
import { type CheckedMethods, checkMethods } from './plan/check-methods.js';
import { completeRepetitions } from './plan/complete-repetitions.js';
import { jobNames } from './plan/job-names.js';
import type { Plan, PlannedJob } from './plan/plan.js';
import { planJobs } from './plan/plan-jobs.js';
import { smallBatches } from './plan/small-batches.js';
import { runners } from './runners/runners.js';
import type { Holder } from './store/claim.js';
import type { JobRecord } from './store/records.js';
import { Store } from './store/store.js';
import { useStore } from './store/users.js';

export interface RunOptions {
  /** Where results are left. What an earlier run of the same experiment left there is continued. */
  readonly folder: string;
  /** What comparisons share: features, trained networks, results. */
  readonly store: string;
  /** What any machine can make again: the demo corpus, compiled programs. */
  readonly cache: string;
  /** Who carries the jobs out; the one that `execution.runner` names when absent. */
  readonly runner?: JobRunner;
  readonly signal?: AbortSignal;
  readonly observer?: RunObserver;
}

export type RunPhase = 'speaking' | 'segments' | 'features' | 'training';

/** Told what is prepared and trained. */
export interface RunObserver {
  /** Another process is at the folder: this one waits. */
  onWait?(holder: Holder): void;
  /** Something was changed for the experiment to go on: a sentence. */
  onNote?(note: string): void;
  onPhase?(phase: RunPhase): void;
  /** Of the phase before training: things done of all. */
  onProgress?(done: number, total: number): void;
  /** What became of everything that was found, before anything is trained. */
  onAccount?(account: DataAccount): void;
  onPlan?(plan: Plan): void;
  onEvent?(event: RunEvent): void;
  /** A job's result is in the store; `reused` when it was there before. */
  onDone?(job: PlannedJob, record: JobRecord, reused: boolean): void;
  /** A repetition has come to its end, and others have not: all that is known of those that have. */
  onRepetition?(soFar: TrainedExperiment): Promise<void> | void;
}

/** An experiment whose trainings are all done. */
export interface TrainedExperiment {
  readonly config: Config;
  readonly data: PreparedData;
  readonly plan: Plan;
  readonly store: Store;
  readonly index: ComparisonIndex;
  /** By the job's id. */
  readonly records: ReadonlyMap<string, JobRecord>;
}

/**
 * Prepares an experiment's data and trains what it asks for and the store does not have.
 *
 * @throws UserError when the configuration, the folder or the data do not allow it; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function runExperiment(config: Config, options: RunOptions): Promise<TrainedExperiment> {
  const { observer, cache } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folder = new ComparisonFolder(options.folder);
  const store = new Store(options.store);
  const started = performance.now();
  await speakDemo(config.experiment, options);
  await folder.requireFree(config.experiment);
  const { data, checked } = await prepareExperiment(config, store, options);
  const plan = await planJobs(config.experiment, data, store, checked);
  const index = await folder.begin(config, data, plan, options.store);
  observer?.onPhase?.('training');
  observer?.onPlan?.(plan);
  const records = new Map<string, JobRecord>();
  let told = 0;
  const seconds = () => index.seconds + (performance.now() - started) / 1000;
  const keepTime = () => folder.write({ ...index, seconds: seconds() });
  try {
    const runner = options.runner ?? runnerOf(config.execution, store, cache);
    for await (const event of runner.run(plan.jobs, signal)) {
      observer?.onEvent?.(event);
      if (event.event.kind !== 'done') continue;
      // Its files are whole: that was looked at, or they were written, just now.
      const record = await store.job(event.job.id).record();
      if (record === undefined) throw new Error(`The job ${event.job.id} is done and left nothing.`);
      records.set(event.job.id, record);
      observer?.onDone?.(event.job, record, event.event.reused);
      if (event.event.reused) continue;
      await keepTime();
      const complete = completeRepetitions(plan, records);
      if (complete.size <= told || complete.size === plan.repetitions.length) continue;
      told = complete.size;
      const soFar = onlyRepetitions(plan, complete);
      await observer?.onRepetition?.({
        config,
        data,
        plan: soFar,
        store,
        index: { ...index, seconds: seconds() },
        records,
      });
    }
  } catch (error) {
    // What went wrong first is what is told, also where nothing can be written any more.
    await keepTime().catch(() => undefined);
    if (!isJobFailure(error)) throw error;
    throw error.called(jobNames(plan).get(error.job.id) ?? error.job.name);
  }
  await keepTime();
  return { config, data, plan, store, index: { ...index, seconds: seconds() }, records };
}

/** Draws the splits and stores the features; tells what became of everything that was found. */
async function prepareExperiment(
  { experiment }: Config,
  store: Store,
  { cache, observer, signal }: Pick<RunOptions, 'cache' | 'observer' | 'signal'>,
): Promise<{ readonly data: PreparedData; readonly checked: CheckedMethods }> {
  observer?.onPhase?.('features');
  const drawn = await drawSplits(onThisMachine(experiment, cache));
  let checked = await checkMethods(experiment, drawn, (note) => observer?.onNote?.(note));
  for (const note of await mostlySilence(experiment, drawn, signal)) observer?.onNote?.(note);
  const data = await prepare(experiment, drawn, {
    store,
    onPhase: (phase) => observer?.onPhase?.(phase),
    onProgress: (done, total) => observer?.onProgress?.(done, total),
    check: async (again) => {
      checked = await checkMethods(experiment, again);
    },
    ...(signal && { signal }),
  });
  for (const note of smallBatches(experiment, data.repetitions)) observer?.onNote?.(note);
  observer?.onAccount?.(data.account);
  return { data, checked };
}

/**
 * Does all of an experiment that comes before its trainings: loads, splits, decodes, and stores features, which the
 * experiment finds there later. Leaves nothing in the experiment's folder.
 *
 * @returns what became of everything that was found
 * @throws UserError when the configuration or the data do not allow it.
 * @throws the signal's reason when it is aborted.
 */
export async function dryRun(
  config: Config,
  options: Pick<RunOptions, 'store' | 'cache' | 'observer' | 'signal'>,
): Promise<DataAccount> {
  const { store, signal = new AbortController().signal } = options;
  const use = await useStore(store, signal);
  try {
    await speakDemo(config.experiment, options);
    return (await prepareExperiment(config, new Store(store), options)).data.account;
  } finally {
    await use.release();
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

/** Who carries jobs out, as a machine's settings say. */
export function runnerOf(settings: Config['execution'], store: Store, cache: string): JobRunner {
  const { parallel, ...shares } = sharesOf(settings);
  const { parallel: _, runner, ...execution } = settings;
  const surroundings = {
    store,
    execution: { ...execution, ...shares },
    compiledCache: join(cache, 'compiled'),
  };
  return runners.find(runner).create(surroundings, parallel);
}

/** Speaks the demo corpus where the experiment asks for it. */
async function speakDemo(
  { data }: Experiment,
  { cache, observer, signal }: Pick<RunOptions, 'cache' | 'observer' | 'signal'>,
): Promise<void> {
  if (data.corpus !== 'demo' || data.path !== null) return;
  let speaks = false;
  const speaking = writeDemoCorpus(demoFolder(cache, data.takes), {
    takes: data.takes,
    onProgress: ({ done, total }) => {
      if (!speaks) observer?.onPhase?.('speaking');
      speaks = true;
      observer?.onProgress?.(done, total);
    },
    ...(signal && { signal }),
  });
  await speaking.catch((error: unknown) => {
    if (!(error instanceof FileError)) throw error;
    throw new UserError(
      `${error.message} The demo corpus is kept in the cache, "${cache}": name another folder for it with --cache, or with ` +
        'the environment variable ANTITRANSFER_CACHE.',
      { cause: error },
    );
  });
}
