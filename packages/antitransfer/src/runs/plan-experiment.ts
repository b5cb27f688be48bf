import type { DataAccount } from '../data/account/account.js';
import { writeDemoCorpus } from '../data/corpora/demo/corpus.js';
import { UserError } from '../errors.js';
import { FileError } from '../files/file-error.js';
import { processesOf } from './config/execution.js';
import type { Config, Experiment } from './config/schema.js';
import { demoFolder, onThisMachine } from './data/demo.js';
import type { PreparedData } from './data/prepare.js';
import { SharedData } from './data/shared-data.js';
import { DeviceFinder } from './find-device.js';
import { type CheckedMethods, checkMethods } from './plan/check-methods.js';
import type { Plan } from './plan/plan.js';
import { planJobs } from './plan/plan-jobs.js';
import { smallBatches } from './plan/small-batches.js';
import type { Store } from './store/store.js';
import { storeAt } from './store/store-at.js';

export type PreparationPhase = 'speaking' | 'segments' | 'features';

/** Told what is prepared. */
export interface PreparationObserver {
  /** Something was changed for the experiment to go on: a sentence. */
  onNote?(note: string): void;
  onPhase?(phase: PreparationPhase): void;
  /** Of the phase: things done of all. */
  onProgress?(done: number, total: number): void;
  /** What became of everything that was found, before anything is trained. */
  onAccount?(account: DataAccount): void;
}

export interface PreparationOptions {
  /** What any machine can make again: the demo corpus, compiled programs. */
  readonly cache: string;
  /** Of experiments that are planned together. */
  readonly shared?: SharedData;
  readonly devices?: DeviceFinder;
  /** That compute features side by side; one, this one, when absent. */
  readonly processes?: number;
  readonly signal?: AbortSignal;
  readonly observer?: PreparationObserver;
}

/** An experiment whose data are ready, and its trainings. Nothing is left in its folder. */
export interface PlannedExperiment {
  readonly config: Config;
  readonly data: PreparedData;
  readonly plan: Plan;
  readonly store: Store;
  /** That it took to get here. */
  readonly seconds: number;
}

/**
 * Finds out whether an experiment's data and methods fit, and tells what is to be noted, before any recording is decoded.
 *
 * @throws UserError when the configuration or the data do not allow it.
 */
export async function checkExperiment({ experiment }: Config, options: PreparationOptions): Promise<void> {
  const { cache, observer, signal, shared = new SharedData() } = options;
  await speakDemo(experiment, options);
  const here = onThisMachine(experiment, cache);
  const drawn = await shared.draw(here);
  await checkMethods(experiment, drawn, (note) => observer?.onNote?.(note));
  for (const note of await shared.silence(here, drawn, signal)) observer?.onNote?.(note);
}

/**
 * Prepares an experiment's data, features in the store, and plans its trainings.
 *
 * @throws UserError when the configuration or the data do not allow it; what is done stays done.
 * @throws DeviceUnavailableError when its device cannot be had here.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function planExperiment(
  asked: Config,
  store: Store,
  options: PreparationOptions,
): Promise<PlannedExperiment> {
  const started = performance.now();
  const config = await (options.devices ?? new DeviceFinder()).settle(asked);
  const { device = 'cpu' } = config.experiment;
  if (device !== 'cpu')
    options.observer?.onNote?.(`Networks are computed by the device "${device}", one job at a time.`);
  await speakDemo(config.experiment, options);
  const { data, checked } = await prepareExperiment(config, store, options);
  const plan = await planJobs(config.experiment, data, store, checked);
  return { config, data, plan, store, seconds: (performance.now() - started) / 1000 };
}

/** Draws the splits and stores the features; tells what became of everything that was found. */
async function prepareExperiment(
  { experiment }: Config,
  store: Store,
  { cache, observer, signal, processes, shared = new SharedData() }: PreparationOptions,
): Promise<{ readonly data: PreparedData; readonly checked: CheckedMethods }> {
  const here = onThisMachine(experiment, cache);
  const drawn = await shared.draw(here);
  let checked = await checkMethods(experiment, drawn, (note) => observer?.onNote?.(note));
  for (const note of await shared.silence(here, drawn, signal)) observer?.onNote?.(note);
  // Told when it begins: whose corpus is not there would read it before the refusal. Windows are cut first, which is told there.
  if (experiment.segments === null) observer?.onPhase?.('features');
  const prepared = await shared.prepare(experiment, drawn, {
    store,
    ...(processes !== undefined && { processes }),
    onPhase: (phase) => observer?.onPhase?.(phase),
    onProgress: (done, total) => observer?.onProgress?.(done, total),
    check: async (again) => {
      checked = await checkMethods(experiment, again);
    },
    ...(signal && { signal }),
  });
  const data = { ...prepared, corpus: here.data.path };
  for (const note of smallBatches(experiment, data.repetitions)) observer?.onNote?.(note);
  observer?.onAccount?.(data.account);
  return { data, checked };
}

/**
 * Plans an experiment's trainings, features in the store, for others to carry out. Leaves nothing in the experiment's folder.
 *
 * @throws UserError when the configuration or the data do not allow it.
 * @throws the signal's reason when it is aborted.
 */
export async function planOnly(
  config: Config,
  options: PreparationOptions & { readonly store: string },
): Promise<PlannedExperiment> {
  const { cache, signal = new AbortController().signal } = options;
  const store = storeAt(options.store, cache);
  const use = await store.use(signal);
  try {
    return await planExperiment(config, store, options);
  } finally {
    await use.release();
  }
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
  options: PreparationOptions & { readonly store: string },
): Promise<DataAccount> {
  const { cache, signal = new AbortController().signal } = options;
  const store = storeAt(options.store, cache);
  const use = await store.use(signal);
  try {
    await (options.devices ?? new DeviceFinder()).settle(config);
    await speakDemo(config.experiment, options);
    const processes = processesOf(config.execution);
    return (await prepareExperiment(config, store, { processes, ...options })).data.account;
  } finally {
    await use.release();
  }
}

/** Speaks the demo corpus where the experiment asks for it. */
async function speakDemo(
  { data }: Experiment,
  { cache, observer, signal }: PreparationOptions,
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
