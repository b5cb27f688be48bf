import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Config } from '../config/schema.js';
import { writeDemoCorpus } from '../corpora/demo.js';
import { UserError } from '../errors.js';
import { FeatureCache } from '../features/cache.js';
import { collectResults, orthogonalResults, removableCheck } from './collect.js';
import { predictionsCsv, resultsCsv } from './csv.js';
import { describeEnvironment } from './environment.js';
import type { Job, JobEvent, JobResult, OrthogonalResult } from './job.js';
import { places } from './places.js';
import { planJobs, sharesOf } from './plan.js';
import { prepare } from './prepare.js';
import { loadPrepared, type Prepared, savePrepared } from './prepared.js';
import type { ComparisonResults, RemovableCheck } from './results.js';
import { type PlannedJob, runJobs } from './run-jobs.js';
import { collectSamples } from './samples.js';

export interface CompareOptions {
  /** The comparison's folder. What an earlier run of the same configuration left there is continued. */
  readonly folder: string;
  /** Folder of features and orthogonal networks that several comparisons share. */
  readonly cache: string;
  readonly signal?: AbortSignal;
  readonly observer?: CompareObserver;
}

/** Told what a comparison does. */
export interface CompareObserver {
  onPhase?(phase: 'speaking' | 'features' | 'training' | 'report'): void;
  /** Of the phase before training: things done of all. */
  onProgress?(done: number, total: number): void;
  onPlan?(jobs: readonly PlannedJob[]): void;
  onJobStart?(job: Job): void;
  onJobEvent?(job: Job, event: JobEvent): void;
  onJobDone?(job: Job, result: JobResult, reused: boolean): void;
  /** How good the orthogonal networks are, once all are trained. */
  onOrthogonal?(results: readonly OrthogonalResult[]): void;
  /** Whether there is anything to remove, once the reference is trained with every seed. */
  onRemovable?(check: RemovableCheck): void;
}

/**
 * Compares methods: prepares features, trains the orthogonal networks and every method over the seeds, tests, and
 * leaves one folder with configuration, metrics, predictions, models, results and report.
 *
 * @throws UserError when the configuration or the data do not allow it; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function compare(config: Config, options: CompareOptions): Promise<ComparisonResults> {
  const { folder, observer } = options;
  const signal = options.signal ?? new AbortController().signal;
  const clock = await Clock.start(folder);
  const resolved = await withDemo(config, options);
  await claimFolder(folder, resolved);
  const prepared = await preparedData(resolved, options);
  const jobs = planJobs(resolved, folder, join(options.cache, 'networks'), prepared.rounds.length);
  observer?.onPhase?.('training');
  observer?.onPlan?.(jobs);
  const done = new Map<string, JobResult>();
  const milestones = new Milestones(resolved, prepared, done, observer);
  const results = await runJobs(jobs, {
    parallel: sharesOf(resolved).parallel,
    signal,
    onStart: (job) => observer?.onJobStart?.(job),
    onEvent: (job, event) => observer?.onJobEvent?.(job, event),
    onDone: (job, result, reused) => {
      done.set(job.id, result);
      observer?.onJobDone?.(job, result, reused);
      milestones.check();
      void clock.save();
    },
  }).finally(() => clock.save());
  observer?.onPhase?.('report');
  const environment = await describeEnvironment();
  const samples = await collectSamples(folder, resolved);
  const collected = collectResults({
    config: resolved,
    prepared,
    jobs: results,
    environment,
    samples,
    seconds: clock.seconds(),
  });
  await writeResults(folder, collected);
  return collected;
}

/** Speaks the demo corpus where the configuration asks for it. */
async function withDemo(config: Config, { cache, observer, signal }: CompareOptions): Promise<Config> {
  const { corpus, path, takes } = config.data;
  if (corpus !== 'demo' || path !== null) return config;
  const folder = join(cache, `demo-${takes}`);
  observer?.onPhase?.('speaking');
  await writeDemoCorpus(folder, {
    takes,
    onProgress: ({ done, total }) => observer?.onProgress?.(done, total),
    ...(signal && { signal }),
  });
  return { ...config, data: { ...config.data, path: folder } };
}

/** Writes the configuration into the folder, or makes sure that it is the one that is there. */
async function claimFolder(folder: string, config: Config): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { parallel, ...settled } = config;
  const text = stringify(settled);
  const path = places.config(folder);
  const earlier = await readFile(path, 'utf8').catch(() => undefined);
  if (earlier === text) return;
  if (earlier !== undefined) {
    throw new UserError(
      `${folder} holds a comparison with other settings (see ${path}). Choose another folder with --output, or remove it.`,
    );
  }
  await writeFile(path, text);
  await writeFile(places.environment(folder), `${JSON.stringify(await describeEnvironment(), null, 2)}\n`);
}

async function preparedData(
  config: Config,
  { folder, cache, observer, signal }: CompareOptions,
): Promise<Prepared> {
  const earlier = await loadPrepared(places.data(folder));
  if (earlier !== undefined) return earlier;
  observer?.onPhase?.('features');
  const { prepared, features } = await prepare(config, {
    cache: new FeatureCache(join(cache, 'features')),
    onProgress: (done, total) => observer?.onProgress?.(done, total),
    ...(signal && { signal }),
  });
  await savePrepared(places.data(folder), prepared, features);
  return prepared;
}

/** Tells what can be said before everything is trained. */
class Milestones {
  #told = new Set<string>();

  constructor(
    readonly config: Config,
    readonly prepared: Prepared,
    readonly done: ReadonlyMap<string, JobResult>,
    readonly observer: CompareObserver | undefined,
  ) {}

  check(): void {
    const rounds = this.prepared.rounds.map((_, round) => round);
    const orthogonal = orthogonalResults(this.config, this.done, rounds);
    if (orthogonal.length === rounds.length)
      this.#once('orthogonal', () => this.observer?.onOrthogonal?.(orthogonal));
    const removable = removableCheck(this.config, this.done, rounds);
    if (removable.cka.length === rounds.length)
      this.#once('removable', () => this.observer?.onRemovable?.(removable));
  }

  #once(what: string, tell: () => void): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    tell();
  }
}

async function writeResults(folder: string, results: ComparisonResults): Promise<void> {
  // Rendering charts takes a third of a second to load: only here.
  const { renderReport } = await import('../report/html.js');
  await writeWhole(places.results(folder), `${JSON.stringify(results)}\n`);
  await writeWhole(places.resultsCsv(folder), resultsCsv(results));
  await writeWhole(places.predictionsCsv(folder), predictionsCsv(results));
  await writeWhole(places.report(folder), renderReport(results));
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}`, text);
  await rename(`${path}.${process.pid}`, path);
}

/** Seconds of a comparison over all its sessions. */
class Clock {
  readonly #started = performance.now();

  private constructor(
    readonly path: string,
    readonly before: number,
  ) {}

  static async start(folder: string): Promise<Clock> {
    const path = join(folder, 'seconds');
    const before = Number(await readFile(path, 'utf8').catch(() => '0'));
    return new Clock(path, Number.isFinite(before) ? before : 0);
  }

  seconds(): number {
    return this.before + (performance.now() - this.#started) / 1000;
  }

  async save(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(this.path, String(this.seconds()));
  }
}
