import type { Device } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { changesMaps } from '../../learning/corrections/registry.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { itemAt } from '../../lookup.js';
import { nearest } from '../../nearest.js';
import { type AnalysisJob, computedBy, deviceOf, jobId, jobOf } from '../store/job.js';
import type { Store } from '../store/store.js';
import { type MethodCell, networkJobOf, type PlannedJob } from './plan.js';
import { repetitionName } from './repetition-name.js';

/** A finished comparison, as its folder tells. */
export interface AnalyzedRuns {
  readonly methods: readonly MethodCell[];
  readonly repetitions: readonly { readonly seed: number; readonly fold: number | null }[];
}

/** Which networks of a comparison are looked at, where, and how. */
export interface AnalysisChoice {
  /** A method's id; all when absent. */
  readonly method?: string;
  readonly seed?: number;
  readonly fold?: number;
  /** All of the network when absent. */
  readonly taps?: readonly string[];
  readonly readers: AnalysisJob['readers'];
  /** What computes; that of the networks' tests when absent. */
  readonly device?: Device;
}

/** One network at one tap. */
export interface AnalysisCell {
  /** The method's id; null for the first weights, which all methods of a repetition share that start at random. */
  readonly of: string | null;
  readonly repetition: number;
  readonly tap: string;
  readonly job: string;
}

export interface AnalysisPlan {
  readonly jobs: readonly PlannedJob[];
  readonly cells: readonly AnalysisCell[];
  /** In the order of the network. */
  readonly taps: readonly string[];
}

/**
 * Plans what is to be looked at: a job for each network and tap, so that what is done is kept. Networks whose maps are the same
 * share their jobs.
 *
 * @throws UserError when the choice leaves nothing, names a tap that is not there, or a training is not in the store.
 */
export async function planAnalysis(
  runs: AnalyzedRuns,
  store: Store,
  choice: AnalysisChoice,
): Promise<AnalysisPlan> {
  const chosen = chosenCells(runs, choice);
  const jobs = new Map<string, PlannedJob>();
  const cells: AnalysisCell[] = [];
  const all = new Set<string>();
  const begun = new Set<number>();
  const add = (of: string | null, { repetition }: MethodCell, job: AnalysisJob) => {
    const id = jobId(job);
    const name = `${of ?? 'before training'}/${repetition + 1} ${job.tap}`;
    if (!jobs.has(id)) jobs.set(id, { id, name, job, after: [] });
    cells.push({ of, repetition, tap: job.tap, job: id });
  };
  for (const cell of chosen) {
    const assessment = await assessmentOf(cell, runs, store);
    const { test, position, tasks } = assessment;
    const trained = store.job(networkJobOf(cell));
    // With it comes its network, where that is in a bucket.
    await trained.record();
    const network = await loadNetwork(trained.network);
    const { job: training, correction } = cell;
    const corrected = (await hasOwnMaps(cell, store)) && { correction };
    const computed = computedBy(choice.device ?? deviceOf(assessment));
    const common = { kind: 'analysis', ...computed, test, position, tasks, readers: choice.readers } as const;
    for (const tap of tapsOf([...network.taps.keys()], choice.taps)) {
      all.add(tap);
      if (!begun.has(cell.repetition)) {
        const any = await anyTraining(cell, runs, store);
        add(null, cell, jobOf<AnalysisJob>({ ...common, training: any, network: 'untrained', tap }));
      }
      add(cell.of, cell, jobOf<AnalysisJob>({ ...common, training, ...corrected, network: 'trained', tap }));
    }
    begun.add(cell.repetition);
  }
  return { jobs: [...jobs.values()], cells, taps: [...all] };
}

function chosenCells(
  { methods, repetitions }: AnalyzedRuns,
  { method, seed, fold }: AnalysisChoice,
): MethodCell[] {
  const names = [...new Set(methods.map(({ of }) => of))];
  if (method !== undefined && !names.includes(method)) {
    throw new UserError(
      `The run has no method "${method}"; it has ${names.join(', ')}.${nearest(method, names)}`,
    );
  }
  const chosen = methods.filter(({ of, repetition }) => {
    const key = itemAt(repetitions, repetition);
    return (
      (method ?? of) === of && (seed ?? key.seed) === key.seed && (fold === undefined || fold === key.fold)
    );
  });
  if (chosen.length > 0) return chosen;
  const known = repetitions.map((key) => repetitionName({ seed: key.seed, fold: key.fold ?? undefined }));
  const asked = [seed === undefined ? [] : `seed ${seed}`, fold === undefined ? [] : `fold ${fold}`].flat();
  throw new UserError(`The run has no ${asked.join(', ')}; it has ${known.join('; ')}.`);
}

/** The first training of a repetition that is done: all begin with the same weights. */
async function anyTraining(cell: MethodCell, { methods }: AnalyzedRuns, store: Store): Promise<string> {
  for (const { repetition, job } of methods) {
    if (repetition === cell.repetition && (await store.job(job).record())?.kind === 'target') return job;
  }
  return cell.job;
}

/** Whether a correction left other maps than the training: else the network is looked at as that of the training, once. */
async function hasOwnMaps({ correction }: MethodCell, store: Store): Promise<boolean> {
  if (correction === undefined) return false;
  const job = await store.job(correction).job();
  return job?.kind !== 'correction' || changesMaps(job.settings);
}

async function assessmentOf({ of, repetition, assessment }: MethodCell, runs: AnalyzedRuns, store: Store) {
  const folder = store.job(assessment);
  const job = await folder.job();
  const record = await folder.record();
  if (job?.kind === 'assessment' && record?.kind === 'assessment') return job;
  const { seed, fold } = itemAt(runs.repetitions, repetition);
  throw new UserError(
    `"${of}", ${repetitionName({ seed, fold: fold ?? undefined })}, has no test in the store "${store.location}". Name the ` +
      'store with --store if it is elsewhere, or run the comparison again.',
  );
}

function tapsOf(known: readonly string[], asked: readonly string[] | undefined): readonly string[] {
  const unknown = asked?.find((tap) => !known.includes(tap));
  if (unknown !== undefined) {
    throw new UserError(
      `There is no tap "${unknown}" in the networks of the run; taps are ${known.join(', ')}.${nearest(unknown, known)}`,
    );
  }
  return known.filter((tap) => asked === undefined || asked.includes(tap));
}
