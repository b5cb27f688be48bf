import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import type { Rung } from '../config/sweep/rungs.js';
import { dependentsOf } from '../plan/dependents.js';
import type { PlannedJob } from '../plan/plan.js';
import type { JobRecord } from '../store/records.js';
import { type Contest, rungJobs } from './contest.js';
import { judgeCells, type ValidationFigure } from './judge-cells.js';
import type { PlannedContestant } from './plan-rungs.js';

/** A cell that does not go on, and why. */
export interface DroppedCell {
  readonly name: string;
  /** What the cells that it competed with have in common, in words. */
  readonly among: string;
  /** After which rung (from 1), of how many. */
  readonly rung: number;
  readonly rungs: number;
  /** What it was given until then. */
  readonly trained: { readonly by: 'repetitions' | 'epochs'; readonly amount: number };
  /** What it reached on validation clips; null where its trainings diverged. */
  readonly validation: ValidationFigure | null;
  /** Its place (from 1) among so many cells of the rung, of which so many went on. */
  readonly place: number;
  readonly cells: number;
  readonly kept: number;
  /** The accuracy on validation clips of the last cell that went on; null where it had none. */
  readonly needed: number | null;
}

/** A contest that is under way. */
export interface ContestState {
  readonly contest: Contest;
  /** Those that were not dropped, in the order of the file. */
  readonly active: readonly PlannedContestant[];
}

export interface Halved {
  readonly dropped: readonly DroppedCell[];
  readonly states: readonly ContestState[];
  /** How many rungs are decided, and the trainings of these. */
  readonly decided: number;
  readonly trained: readonly PlannedJob[];
}

/** What a rung asks for. */
export interface RungTask {
  /** From 1, of how many. */
  readonly number: number;
  readonly of: number;
  readonly states: readonly ContestState[];
  /** The trainings of all its cells, each once. */
  readonly jobs: readonly PlannedJob[];
}

export interface HalveOptions {
  /** What a job left in the store. */
  readonly recordOf: (id: string) => Promise<JobRecord | undefined>;
  /** Carries out a rung; false where its trainings are not all there: then nothing more is decided. */
  readonly carryOut: (rung: RungTask) => Promise<boolean>;
  /** Told who was dropped after a rung. */
  readonly onDecided?: (rung: RungTask, dropped: readonly DroppedCell[]) => Promise<void> | void;
}

/**
 * Successive halving: rung by rung the cells of each contest are trained further, and the best on validation clips go on. What is
 * decided depends on what trainings left only, so that the same call after a crash decides the same.
 */
export async function halve(contests: readonly Contest[], options: HalveOptions): Promise<Halved> {
  let states: readonly ContestState[] = contests.map((contest) => ({ contest, active: contest.contestants }));
  const dropped: DroppedCell[] = [];
  const trained = new Map<string, PlannedJob>();
  const result = (decided: number) => ({ dropped, states, decided, trained: [...trained.values()] });
  const of = Math.max(0, ...contests.map(({ rungs }) => rungs.length));
  for (let decided = 0; decided < of; decided++) {
    const jobs = jobsOfRung(states, decided);
    const rung = { number: decided + 1, of, states, jobs };
    if (!(await options.carryOut(rung))) return result(decided);
    const records = new Map<string, JobRecord>();
    for (const job of jobs) {
      const { id } = job;
      trained.set(id, job);
      const record = await options.recordOf(id);
      if (record !== undefined) records.set(id, record);
    }
    const found = states.map((state) => decide(state, decided, (id) => records.get(id)));
    states = found.map(({ state }) => state);
    const gone = found.flatMap((one) => one.dropped);
    dropped.push(...gone);
    await options.onDecided?.(rung, gone);
  }
  return result(of);
}

/** What is decided by what the store has, without anything being trained. */
export function halveSoFar(
  contests: readonly Contest[],
  records: ReadonlyMap<string, JobRecord>,
): Promise<Halved> {
  return halve(contests, {
    recordOf: async (id) => records.get(id),
    carryOut: async ({ jobs }) => areDone(jobs, records),
  });
}

/** The trainings of a rung (from 0), of all contests that have it, each once. */
function jobsOfRung(states: readonly ContestState[], index: number): PlannedJob[] {
  const all = states.flatMap(({ contest, active }) => {
    const rung = contest.rungs[index];
    return rung === undefined ? [] : active.flatMap((cell) => rungJobs(contest, rung, cell));
  });
  return [...groupBy(all, ({ id }) => id).values()].map((same) => itemAt(same, 0));
}

/** Whether trainings are all done, or given up because one that they wait for diverged. */
function areDone(
  jobs: readonly PlannedJob[],
  records: ReadonlyMap<string, Pick<JobRecord, 'kind'>>,
): boolean {
  const diverged = jobs.filter(({ id }) => records.get(id)?.kind === 'diverged');
  const givenUp = new Set(diverged.flatMap(({ id }) => [...dependentsOf(jobs, id)]));
  return jobs.every(({ id }) => records.has(id) || givenUp.has(id));
}

function decide(
  { contest, active }: ContestState,
  index: number,
  recordOf: (id: string) => JobRecord | undefined,
): { readonly state: ContestState; readonly dropped: readonly DroppedCell[] } {
  const rung: Rung | undefined = contest.rungs[index];
  if (rung === undefined) return { state: { contest, active }, dropped: [] };
  const judged = judgeCells(contest, rung, active, recordOf);
  const kept = new Set(judged.slice(0, rung.keeps).map(({ cell }) => cell));
  const needed = judged[rung.keeps - 1]?.figure?.accuracy ?? null;
  const dropped = judged.slice(rung.keeps).map(
    ({ cell, figure }, at): DroppedCell => ({
      name: cell.name,
      among: contest.among,
      rung: rung.number,
      rungs: contest.rungs.length,
      trained: { by: contest.halving.by, amount: rung.amount },
      validation: figure ?? null,
      place: rung.keeps + at + 1,
      cells: active.length,
      kept: rung.keeps,
      needed,
    }),
  );
  return { state: { contest, active: active.filter((cell) => kept.has(cell)) }, dropped };
}
