import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Config } from './config/schema.js';
import { writeDemoCorpus } from '../data/corpora/demo/corpus.js';
import { UserError } from '../errors.js';
import { FeatureCache } from '../data/features/store/cache.js';
import { describeEnvironment } from './store/environment.js';
import type { Job, JobEvent, JobResult } from './jobs/job.js';
import { checkMethods } from './trainings/network.js';
import { places } from './store/paths.js';
import { methodsOf, planJobs, sharesOf } from './plan/jobs.js';
import { prepare } from './data/prepare.js';
import { loadPrepared, type Prepared, savePrepared } from './data/prepared.js';
import { type PlannedJob, runJobs } from './jobs/process-runner.js';

export interface WorkspaceOptions {
  /** Where everything is left. What an earlier run of the same configuration left there is continued. */
  readonly folder: string;
  /** Folder of features and orthogonal networks that several runs share. */
  readonly cache: string;
  readonly signal?: AbortSignal;
  readonly observer?: TrainingObserver;
}

export type WorkspacePhase = 'speaking' | 'features' | 'training';

/** Told what is prepared and trained. */
export interface TrainingObserver {
  onPhase?(phase: WorkspacePhase): void;
  /** Of the phase before training: things done of all. */
  onProgress?(done: number, total: number): void;
  onPlan?(jobs: readonly PlannedJob[]): void;
  onJobStart?(job: Job): void;
  onJobEvent?(job: Job, event: JobEvent): void;
  onJobDone?(job: Job, result: JobResult, reused: boolean): void;
}

/** A folder that is ready to be trained in: its configuration with all paths known, and its data. */
export interface Workspace {
  readonly config: Config;
  readonly prepared: Prepared;
}

/**
 * Makes a folder ready: speaks the demo corpus if it is asked for, writes the configuration, computes the features.
 *
 * @throws UserError when the folder holds a run with other settings, or the data do not allow it.
 */
export async function openWorkspace(config: Config, options: WorkspaceOptions): Promise<Workspace> {
  const resolved = await withDemo(config, options);
  const earlier = await loadPrepared(places.data(options.folder));
  await claimFolder(options.folder, resolved, earlier !== undefined);
  return { config: resolved, prepared: earlier ?? (await prepareData(resolved, options)) };
}

/**
 * Trains everything that the configuration asks for and that is not done yet.
 *
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function trainAll(
  { config, prepared }: Workspace,
  { folder, cache, signal, observer }: WorkspaceOptions,
  onDone?: (job: Job, result: JobResult) => void,
): Promise<Map<string, JobResult>> {
  const jobs = planJobs(config, folder, cache, prepared.rounds.length);
  observer?.onPhase?.('training');
  observer?.onPlan?.(jobs);
  return runJobs(jobs, {
    parallel: sharesOf(config).parallel,
    signal: signal ?? new AbortController().signal,
    onStart: (job) => observer?.onJobStart?.(job),
    onEvent: (job, event) => observer?.onJobEvent?.(job, event),
    onDone: (job, result, reused) => {
      observer?.onJobDone?.(job, result, reused);
      onDone?.(job, result);
    },
  });
}

/** Speaks the demo corpus where the configuration asks for it. */
async function withDemo(config: Config, { cache, observer, signal }: WorkspaceOptions): Promise<Config> {
  const { corpus, path, takes } = config.data;
  if (corpus !== 'demo' || path !== null) return config;
  const folder = join(cache, `demo-${takes}`);
  let speaks = false;
  await writeDemoCorpus(folder, {
    takes,
    onProgress: ({ done, total }) => {
      if (!speaks) observer?.onPhase?.('speaking');
      speaks = true;
      observer?.onProgress?.(done, total);
    },
    ...(signal && { signal }),
  });
  return { ...config, data: { ...config.data, path: folder } };
}

/** Writes the configuration into the folder; once there are data, it makes sure that it is the one they belong to. */
async function claimFolder(folder: string, config: Config, hasData: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { parallel, ...settled } = config;
  const text = stringify(settled);
  const path = places.config(folder);
  const earlier = await readFile(path, 'utf8').catch(() => undefined);
  if (earlier === text) return;
  if (earlier !== undefined && hasData) {
    throw new UserError(
      `${folder} holds a comparison with other settings (see ${path}). Choose another folder with --output, or remove it.`,
    );
  }
  await writeFile(path, text);
  await writeFile(places.environment(folder), `${JSON.stringify(await describeEnvironment(), null, 2)}\n`);
}

async function prepareData(
  config: Config,
  { folder, cache, observer, signal }: WorkspaceOptions,
): Promise<Prepared> {
  observer?.onPhase?.('features');
  const { prepared, features } = await prepare(config, {
    cache: new FeatureCache(join(cache, 'features')),
    onProgress: (done, total) => observer?.onProgress?.(done, total),
    ...(signal && { signal }),
  });
  await checkMethods(config, methodsOf(config), prepared.shape, prepared.targetClasses.length);
  await savePrepared(places.data(folder), prepared, features);
  return prepared;
}
