import type { PlannedJob } from '../../runs/plan/plan.js';

/** How jobs are printed, for those who have an engine that runs them. */
export const jobFormats = ['slurm', 'kubernetes', 'commands'] as const;

export type JobFormat = (typeof jobFormats)[number];

/** What is to be run for the jobs of a plan. */
export interface JobPrint {
  /** What it is of. */
  readonly name: string;
  /** Each does one of `ids`; as words of a shell, of which the last is a digest. */
  readonly command: readonly string[];
  /** The first is to be begun first: the rest waits for it. */
  readonly ids: readonly string[];
  /** What makes tables and reports of what they leave. */
  readonly collect: readonly string[];
  /** Where the store is: a folder or the address of a bucket. */
  readonly store: string;
}

/**
 * Jobs of which each does what no other does, with what it needs: first those that train or test networks of orthogonal tasks,
 * which others wait for, then those that nobody waits for.
 */
export function lineJobs(jobs: readonly PlannedJob[]): string[] {
  const awaited = new Set(jobs.flatMap(({ after }) => after));
  const isFirst = ({ job }: PlannedJob) => job.kind === 'orthogonal' || job.kind === 'given';
  const first = jobs.filter(isFirst);
  const last = jobs.filter((job) => !isFirst(job) && !awaited.has(job.id));
  return [...first, ...last].map(({ id }) => id);
}
