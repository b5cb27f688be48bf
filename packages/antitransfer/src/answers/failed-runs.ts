import type { TrainedExperiment } from '../runs/carry-out-plans.js';
import { dependentsOf } from '../runs/plan/dependents.js';
import type { Cell } from '../runs/plan/plan.js';
import type { FailedRun } from './results.js';

/** The methods' trainings that gave no result: those that diverged, and those that wait for a network whose training did. */
export function failedRuns({ plan, records }: TrainedExperiment): FailedRun[] {
  const diverged = plan.jobs.flatMap(({ id }) => {
    const record = records.get(id);
    if (record?.kind !== 'diverged') return [];
    const calledAs = [
      ...plan.tasks.filter(({ job }) => job === id).map(({ of }) => `the ${of} network`),
      ...plan.methods.filter(({ job }) => job === id).map(({ of }) => `“${of}”`),
    ][0];
    return [{ id, reason: record.reason, calledAs, dependents: dependentsOf(plan.jobs, id) }];
  });
  return plan.methods.flatMap(({ of, job, repetition }: Cell): FailedRun[] => {
    const key = plan.repetitions[repetition];
    const cause = diverged.find(({ id, dependents }) => id === job || dependents.has(job));
    if (key === undefined || cause === undefined) return [];
    const reason =
      cause.id === job ? cause.reason : `It needs ${cause.calledAs}, and that failed. ${cause.reason}`;
    return [{ method: of, seed: key.seed, fold: key.fold, reason }];
  });
}
