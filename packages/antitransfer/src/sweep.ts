import { basename, join } from 'node:path';
import type { NamedResults } from './answers/joined/join.js';
import { leaveResults, leaveResultsSoFar } from './answers/leave-results.js';
import type { ComparisonResults } from './answers/results.js';
import { readResults } from './answers/results-file.js';
import { renderSweep } from './answers/sweep/page.js';
import type { DataAccount } from './data/account/account.js';
import { UserError } from './errors.js';
import { writeWhole } from './files/write-whole.js';
import { itemAt } from './lookup.js';
import {
  type BegunExperiment,
  beginExperiment,
  type CarryOutObserver,
  carryOutPlans,
  unionOfJobs,
} from './runs/carry-out-plans.js';
import type { Experiment } from './runs/config/schema.js';
import type { SweepCell } from './runs/config/sweep/cells.js';
import { SharedData } from './runs/data/shared-data.js';
import { ComparisonFolder } from './runs/folder/comparison-folder.js';
import { paths } from './runs/folder/paths.js';
import { leftOut, settingsDifference } from './runs/folder/settings-difference.js';
import { holdingRuns } from './runs/hold-run.js';
import type { JobRunner } from './runs/jobs/runner.js';
import { jobNames } from './runs/plan/job-names.js';
import type { PlannedJob } from './runs/plan/plan.js';
import {
  checkExperiment,
  type PlannedExperiment,
  type PreparationPhase,
  planExperiment,
} from './runs/plan-experiment.js';
import { runnerOf } from './runs/runners/runner-of.js';
import type { Holder } from './runs/store/claim.js';
import { Store } from './runs/store/store.js';
import { useStore } from './runs/store/users.js';

export interface SweepOptions {
  /** Each cell leaves its results in a folder of its name below this one. */
  readonly folder: string;
  readonly store: string;
  readonly cache: string;
  /** Who carries the jobs out; the one that `execution.runner` names when absent. */
  readonly runner?: JobRunner;
  readonly signal?: AbortSignal;
  readonly observer?: SweepObserver;
  /** All cells of the file, where only some are run: the page and the table are of all that are finished. */
  readonly all?: readonly SweepCell[];
}

/** Told what a sweep does. */
export interface SweepObserver extends Pick<CarryOutObserver, 'onEvent' | 'onDone'> {
  /** Another process is at the folder of a cell: this one waits. */
  onWait?(holder: Holder, cell: string): void;
  /** A sentence; equal ones of several cells are told once, of the first. */
  onNote?(note: string, cell: string): void;
  onPhase?(phase: PreparationPhase | 'training'): void;
  onProgress?(done: number, total: number): void;
  /** What became of everything that was found; equal accounts of several cells are told once. */
  onAccount?(account: DataAccount, cell: string): void;
  onPlan?(plan: SweepPlan): void;
  /** A cell's report of those repetitions that are done is in its folder. */
  onResultsSoFar?(cell: string, results: ComparisonResults): void;
  /** A cell is finished, and its report in its folder; or none of its trainings gave a result. */
  onCell?(cell: string, outcome: ComparisonResults | UserError): void;
}

/** A sweep whose cells are all known to be possible. */
export interface SweepPlan {
  readonly cells: readonly PlannedCell[];
  /** What all cells ask for, each once, in the order in which they are begun: one cell after another. */
  readonly jobs: readonly PlannedJob[];
  /** What people call jobs, by their ids: `tap-conv3_1: cka, seed 2`. The first cell that asks for it has its name. */
  readonly names: ReadonlyMap<string, string>;
}

export interface PlannedCell extends PlannedExperiment {
  readonly name: string;
}

/** What a sweep came to. */
export interface SweepResults {
  /** The finished cells, of the file's order; without samples and predictions, which are in their folders. */
  readonly finished: readonly NamedResults[];
  /** The names of cells without results: not run yet, or nothing came of them. */
  readonly missing: readonly string[];
}

/** The page is written anew after so long, and in the end. */
const PAGE_MS = 10_000;

/** The page that links the cells' reports. */
export function sweepPage(folder: string): string {
  return join(folder, 'index.html');
}

/**
 * Prepares the data of every cell and plans its trainings, without beginning any. Features are stored, folders are left as they
 * are.
 *
 * @throws UserError that names the cell which the configuration, its folder or the data do not allow
 * @throws the signal's reason when it is aborted
 */
export async function planSweep(cells: readonly SweepCell[], options: SweepOptions): Promise<SweepPlan> {
  const use = await useStore(options.store, options.signal ?? new AbortController().signal);
  try {
    return await plan(cells, options);
  } finally {
    await use.release();
  }
}

/**
 * Carries out the comparisons of a sweep: each training once, whoever asks for it. A cell's results and report are in its
 * folder as soon as it is finished, `index.html` above it links them.
 *
 * @throws UserError that names the cell which the configuration, its folder or the data do not allow, before anything is
 *   trained; or when a training cannot be done. What is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function sweep(cells: readonly SweepCell[], options: SweepOptions): Promise<SweepResults> {
  const { observer, cache, folder } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folders = cells.map(({ name }) => join(folder, name));
  const onWait = (holder: Holder, own: string) => observer?.onWait?.(holder, basename(own));
  return holdingRuns(folders, { store: options.store, signal, onWait }, async () => {
    const store = new Store(options.store);
    const planned = await plan(cells, options);
    const begun: BegunExperiment[] = [];
    for (const { name, ...experiment } of planned.cells) {
      begun.push(await inCell(name, () => beginExperiment(experiment, join(folder, name))));
    }
    observer?.onPhase?.('training');
    observer?.onPlan?.(planned);
    const known = new Finished(folder, options.all ?? cells);
    await known.read(cells);
    const nameOf = ({ folder: own }: BegunExperiment) => basename(own);
    await carryOutPlans(begun, {
      runner: options.runner ?? runnerOf(itemAt(cells, 0).config.execution, store, cache),
      signal,
      nameOf: (id) => planned.names.get(id),
      observer: {
        onEvent: (event) => observer?.onEvent?.(event),
        onDone: (job, record, reused) => observer?.onDone?.(job, record, reused),
        onRepetition: async (soFar, experiment) => {
          const results = await leaveResultsSoFar(experiment.folder, soFar);
          if (results !== undefined) observer?.onResultsSoFar?.(nameOf(experiment), results);
        },
        onExperiment: async (trained, experiment) => {
          const outcome = await leaveResults(experiment.folder, trained).catch((error: unknown) => {
            // Of one cell every training may diverge; the others go on.
            if (error instanceof UserError) return error;
            throw error;
          });
          if (!(outcome instanceof UserError)) known.add(nameOf(experiment), outcome);
          await known.writePage('if due');
          observer?.onCell?.(nameOf(experiment), outcome);
        },
      },
    });
    await known.writePage('now');
    return known.results();
  });
}

async function plan(cells: readonly SweepCell[], options: SweepOptions): Promise<SweepPlan> {
  const { folder, cache, signal, observer } = options;
  const store = new Store(options.store);
  const shared = new SharedData();
  const told = new Set<string>();
  const once = (key: string, tell: () => void) => {
    if (!told.has(key)) tell();
    told.add(key);
  };
  const preparing = (name: string) => ({
    cache,
    shared,
    ...(signal && { signal }),
    observer: {
      onNote: (note: string) => once(note, () => observer?.onNote?.(note, name)),
      onAccount: (account: DataAccount) =>
        once(JSON.stringify(account), () => observer?.onAccount?.(account, name)),
      onPhase: (phase: PreparationPhase) => observer?.onPhase?.(phase),
      onProgress: (done: number, total: number) => observer?.onProgress?.(done, total),
    },
  });
  // Whatever is wrong with the last cell is said before anything of the first is computed.
  for (const { name, config } of cells) {
    signal?.throwIfAborted();
    await inCell(name, async () => {
      await new ComparisonFolder(join(folder, name)).requireFree(config.experiment);
      await checkExperiment(config, preparing(name));
    });
  }
  const planned: PlannedCell[] = [];
  for (const { name, config } of cells) {
    signal?.throwIfAborted();
    planned.push({ name, ...(await inCell(name, () => planExperiment(config, store, preparing(name)))) });
  }
  const names = new Map<string, string>();
  for (const { name, plan: own } of planned) {
    for (const [id, call] of jobNames(own)) if (!names.has(id)) names.set(id, `${name}: ${call}`);
  }
  return { cells: planned, jobs: unionOfJobs(planned.map((one) => one.plan)), names };
}

/** What goes wrong with a cell says which it is. */
async function inCell<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Cell ${name}: ${error.message}`, { cause: error });
  }
}

/** The cells of a sweep that are finished, now or before. */
class Finished {
  readonly #results = new Map<string, ComparisonResults>();
  #written = Number.NEGATIVE_INFINITY;

  constructor(
    readonly folder: string,
    readonly cells: readonly SweepCell[],
  ) {}

  add(name: string, { runs, ...results }: ComparisonResults): void {
    // Of many cells these would not fit the memory.
    const lean = runs.map((run) => ({ ...run, predictions: [] }));
    this.#results.set(name, { ...results, runs: lean, samples: [] });
  }

  /** Reads what other cells than those that are run left, where it is what the file asks for. */
  async read(running: readonly SweepCell[]): Promise<void> {
    const names = new Set(running.map(({ name }) => name));
    for (const { name, config } of this.cells) {
      if (names.has(name)) continue;
      const found = await readResults(join(this.folder, name)).catch((error: unknown) => {
        if (error instanceof UserError) return undefined;
        throw error;
      });
      if (found === undefined) continue;
      if (isOf(found, config.experiment)) this.add(name, found);
    }
  }

  results(): SweepResults {
    const names = this.cells.map(({ name }) => name);
    return {
      finished: names.flatMap((name) => {
        const results = this.#results.get(name);
        return results === undefined ? [] : [{ name, results }];
      }),
      missing: names.filter((name) => !this.#results.has(name)),
    };
  }

  /** While others run now and then only: all cells are looked at for it. */
  async writePage(when: 'now' | 'if due'): Promise<void> {
    if (when === 'if due' && performance.now() - this.#written < PAGE_MS) return;
    this.#written = performance.now();
    const { finished, missing } = this.results();
    const links = (name: string) => `${encodeURIComponent(name)}/${paths.report('')}`;
    await writeWhole(sweepPage(this.folder), renderSweep(finished, missing, links));
  }
}

/** Whether results are all that an experiment asks for, and nothing else. */
function isOf({ config: { execution: _, ...there } }: ComparisonResults, experiment: Experiment): boolean {
  const here: unknown = JSON.parse(JSON.stringify(experiment));
  const differences = [settingsDifference(there, here), leftOut(there, here), leftOut(here, there)];
  return differences.flat().length === 0;
}
