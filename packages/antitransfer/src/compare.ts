import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { collectResults, orthogonalResults, removableCheck } from './answers/collect.js';
import { collectSamples } from './answers/listening-samples.js';
import { predictionsCsv, resultsCsv } from './answers/tables/csv.js';
import type { Config } from './runs/config/schema.js';
import type { Prepared } from './runs/data/prepared.js';
import type { JobResult, OrthogonalResult } from './runs/jobs/job.js';
import { describeEnvironment } from './runs/store/environment.js';
import { places } from './runs/store/paths.js';
import type { ComparisonResults, RemovableCheck } from './runs/store/records.js';
import {
  openWorkspace,
  type TrainingObserver,
  trainAll,
  type WorkspaceOptions,
  type WorkspacePhase,
} from './runs/workspace.js';

export interface CompareOptions extends WorkspaceOptions {
  readonly observer?: CompareObserver;
}

/** Told what a comparison does. */
export interface CompareObserver extends TrainingObserver {
  onPhase?(phase: WorkspacePhase | 'report'): void;
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
  const clock = await Clock.start(folder);
  const workspace = await openWorkspace(config, options);
  const { config: resolved, prepared } = workspace;
  const done = new Map<string, JobResult>();
  const milestones = new Milestones(resolved, prepared, done, observer);
  const results = await trainAll(workspace, options, (job, result) => {
    done.set(job.id, result);
    milestones.check();
    void clock.save();
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
  const { renderReport } = await import('./answers/page/html.js');
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
