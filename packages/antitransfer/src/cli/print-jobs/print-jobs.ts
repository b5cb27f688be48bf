import { UserError } from '../../errors.js';
import type { PlannedJob } from '../../runs/plan/plan.js';
import type { Store } from '../../runs/store/store.js';
import { commandLines } from './commands.js';
import { kubernetesManifest } from './kubernetes.js';
import { type JobFormat, type JobPrint, jobFormats, lineJobs } from './lines.js';
import { slurmScript } from './slurm.js';

/** What a command that plans jobs knows of itself. */
export interface PlannedJobs {
  readonly name: string;
  readonly jobs: readonly PlannedJob[];
  readonly store: Store;
  /** The words of the command that makes tables and reports of what the jobs leave. */
  readonly collect: readonly string[];
}

const formats: Readonly<Record<JobFormat, (print: JobPrint) => string>> = {
  slurm: slurmScript,
  kubernetes: kubernetesManifest,
  commands: commandLines,
};

/**
 * Leaves planned jobs in the store, where whoever has it can carry them out, and says how, in the form of an engine that runs
 * them.
 *
 * @throws UserError when a job cannot be stored, or there is none
 */
export async function printedJobs(
  format: JobFormat,
  { name, jobs, store, collect }: PlannedJobs,
): Promise<string> {
  for (const { id, job } of jobs) await store.job(id).writeJob(job);
  const ids = lineJobs(jobs);
  if (ids.length === 0) throw new UserError('There is no job to be printed.');
  const command = ['antitransfer', 'job', '--store', store.location];
  return formats[format]({ name, command, ids, collect, store: store.location });
}

/** The words of this command without the flag that asks for its jobs. */
export function collectWords(words: readonly string[] = process.argv.slice(2)): string[] {
  const flag = '--print-jobs';
  const others = words.filter(
    (word, at) => word !== flag && words[at - 1] !== flag && !word.startsWith(`${flag}=`),
  );
  return ['antitransfer', ...others];
}

/** @throws UserError when jobs are to be printed and to go to a queue, of which the one would be forgotten without a word */
export function requireOneWay({
  printJobs,
  queue,
}: {
  readonly printJobs?: JobFormat;
  readonly queue?: string | true;
}): void {
  if (printJobs === undefined || queue === undefined) return;
  throw new UserError(
    `--print-jobs and --queue are two ways to have jobs done elsewhere: ${printJobs} by an engine of yours, or the workers of a ` +
      'queue; take one of them.',
  );
}

export const printJobsHelp = `train nothing: store the jobs, and print how an engine of yours runs them (${jobFormats.join(', ')})`;
