import { basename, join } from 'node:path';
import { leaveResults, leaveResultsSoFar } from './answers/leave-results.js';
import type { ComparisonResults } from './answers/results.js';
import { FinishedCells, type SweepResults } from './answers/sweep/finished-cells.js';
import type { DataAccount } from './data/account/account.js';
import { UserError } from './errors.js';
import { removeIfEmpty } from './files/remove-if-empty.js';
import { itemAt } from './lookup.js';
import {
  type BegunExperiment,
  beginExperiment,
  type CarryOutObserver,
  carryOutJobs,
  carryOutPlans,
  unionOfJobs,
} from './runs/carry-out-plans.js';
import { processesOf } from './runs/config/execution.js';
import type { SweepCell } from './runs/config/sweep/cells.js';
import { SharedData } from './runs/data/shared-data.js';
import { DeviceFinder } from './runs/find-device.js';
import { ComparisonFolder } from './runs/folder/comparison-folder.js';
import { type Contest, contestsOf } from './runs/halving/contest.js';
import { contestantNames } from './runs/halving/contestant-names.js';
import { type DroppedCell, halve, type RungTask } from './runs/halving/halve.js';
import { type PlannedContestant, planRungs } from './runs/halving/plan-rungs.js';
import { holdingRuns } from './runs/hold-run.js';
import type { JobRunner } from './runs/jobs/runner.js';
import type { PlannedJob } from './runs/plan/plan.js';
import { checkExperiment, type PreparationPhase, planExperiment } from './runs/plan-experiment.js';
import { rehearseDevices } from './runs/rehearse-devices.js';
import { runnerOf, surroundingsOf } from './runs/runners/runner-of.js';
import type { Holder } from './runs/store/claim.js';
import { storeAt } from './runs/store/store-at.js';

/** Where the cells of a sweep leave their results, and who is told of what it does. */
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
  /** What is done from now on. */
  onPhase?(phase: PreparationPhase | 'training'): void;
  /** How much of the phase is done, of how much. */
  onProgress?(done: number, total: number): void;
  /** What became of everything that was found; equal accounts of several cells are told once. */
  onAccount?(account: DataAccount, cell: string): void;
  /** Where cells compete: a rung of successive halving begins. */
  onRung?(rung: RungTask, names: SweepPlan['names']): void;
  /** A rung is over, and these cells are dropped. */
  onDropped?(rung: RungTask, dropped: readonly DroppedCell[]): void;
  /** Whoever was not dropped is trained in full from here on. */
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
  /** Cells that compete with each other: some of them will be dropped. */
  readonly contests: readonly Contest[];
}

/** A cell of a sweep, and the jobs that answer it. */
export type PlannedCell = PlannedContestant;

export type { SweepResults } from './answers/sweep/finished-cells.js';

/**
 * Prepares the data of every cell and plans its trainings, without beginning any. Features are stored, folders are left as they
 * are.
 *
 * @throws UserError that names the cell which the configuration, its folder or the data do not allow
 * @throws the signal's reason when it is aborted
 */
export async function planSweep(asked: readonly SweepCell[], options: SweepOptions): Promise<SweepPlan> {
  const store = storeAt(options.store, options.cache);
  const use = await store.use(options.signal ?? new AbortController().signal);
  try {
    const devices = new DeviceFinder(options.runner !== undefined);
    return await plan(await settleDevices(asked, devices), options, devices);
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
export async function sweep(asked: readonly SweepCell[], options: SweepOptions): Promise<SweepResults> {
  const { observer, cache, folder } = options;
  const devices = new DeviceFinder(options.runner !== undefined);
  const cells = await settleDevices(asked, devices);
  const signal = options.signal ?? new AbortController().signal;
  const folders = cells.map(({ name }) => join(folder, name));
  const onWait = (holder: Holder, own: string) => observer?.onWait?.(holder, basename(own));
  const results = await holdingRuns(folders, { store: options.store, cache, signal, onWait }, async () => {
    const store = storeAt(options.store, cache);
    const planned = await plan(cells, options, devices);
    const { execution } = itemAt(cells, 0).config;
    const rungs = planned.cells.flatMap(({ rungPlans }) => rungPlans.map((rung) => rung.plan));
    const all = unionOfJobs([{ jobs: planned.jobs }, ...rungs]);
    if (options.runner === undefined)
      await rehearseDevices(all, surroundingsOf(execution, store, cache, all), signal);
    const known = new FinishedCells(
      folder,
      options.all === undefined ? cells : await settleDevices(options.all, devices),
    );
    await known.read(cells);
    const carrying = {
      runner: options.runner ?? runnerOf(execution, store, cache, all),
      signal,
      nameOf: (id: string) => planned.names.get(id),
    };
    const jobs: Pick<CarryOutObserver, 'onEvent' | 'onDone'> = {
      onEvent: (event) => observer?.onEvent?.(event),
      onDone: (job, record, reused) => observer?.onDone?.(job, record, reused),
    };
    observer?.onPhase?.('training');
    const { dropped } = await halve(planned.contests, {
      recordOf: (id) => store.job(id).record(),
      carryOut: async (rung) => {
        observer?.onRung?.(rung, planned.names);
        await carryOutJobs(rung.jobs, store, { ...carrying, observer: jobs });
        return true;
      },
      onDecided: async (rung, gone) => {
        known.drop(gone);
        await known.writePage('now');
        observer?.onDropped?.(rung, gone);
      },
    });
    const gone = new Set(dropped.map(({ name }) => name));
    const left = planned.cells.filter(({ name }) => !gone.has(name));
    const begun: BegunExperiment[] = [];
    for (const { name, ...experiment } of left) {
      begun.push(await inCell(name, () => beginExperiment(experiment, join(folder, name))));
    }
    observer?.onPlan?.({ ...planned, cells: left, jobs: unionOfJobs(left.map((one) => one.plan)) });
    const nameOf = ({ folder: own }: BegunExperiment) => basename(own);
    await carryOutPlans(begun, {
      ...carrying,
      observer: {
        ...jobs,
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
  // They were taken, and hold nothing: a pattern of the others' (`runs/taps/*/`) would find them.
  for (const { name } of results.dropped) await removeIfEmpty(join(folder, name));
  return results;
}

/** Cells whose devices are known to work here. */
async function settleDevices(cells: readonly SweepCell[], devices: DeviceFinder): Promise<SweepCell[]> {
  const settled: SweepCell[] = [];
  for (const cell of cells)
    settled.push({ ...cell, config: await inCell(cell.name, () => devices.settle(cell.config)) });
  return settled;
}

async function plan(
  cells: readonly SweepCell[],
  options: SweepOptions,
  devices: DeviceFinder,
): Promise<SweepPlan> {
  const { folder, cache, signal, observer } = options;
  const store = storeAt(options.store, cache);
  const shared = new SharedData();
  const told = new Set<string>();
  const once = (key: string, tell: () => void) => {
    if (!told.has(key)) tell();
    told.add(key);
  };
  const processes = processesOf(itemAt(cells, 0).config.execution);
  const preparing = (name: string) => ({
    cache,
    processes,
    shared,
    devices,
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
  for (const cell of cells) {
    const { name, config } = cell;
    signal?.throwIfAborted();
    const own = preparing(name);
    planned.push(
      await inCell(name, async () =>
        planRungs(cell, await planExperiment(config, store, own), cells, store, own),
      ),
    );
  }
  const jobs = unionOfJobs(planned.map((one) => one.plan));
  return { cells: planned, jobs, names: contestantNames(planned), contests: contestsOf(planned) };
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
