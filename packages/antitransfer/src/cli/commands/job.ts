import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { executionSettings } from '../../runs/config/execution.js';
import type { PlannedJob } from '../../runs/plan/plan.js';
import { runnerOf } from '../../runs/runners/runner-of.js';
import { describeJob } from '../../runs/store/describe.js';
import { neededJobs } from '../../runs/store/needed-jobs.js';
import { needsOf } from '../../runs/store/needs.js';
import type { Store } from '../../runs/store/store.js';
import { storeAt } from '../../runs/store/store-at.js';
import { addExamples } from '../examples.js';
import { defaultStore, placeOfStore } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { printable } from '../printable.js';
import { wholeNumber } from '../values.js';

interface Flags {
  readonly store?: string;
  readonly cache?: string;
  readonly parallel: number;
  readonly threads?: number;
}

/** `antitransfer job IDS…` */
export function defineJob(command: Command): void {
  command
    .description(
      'Carries out trainings and tests that a comparison or sweep left in a store with --print-jobs, with all that they need ' +
        'and nobody has done: neither the recordings nor the configuration are needed. What another process is at is waited ' +
        'for, what is done is not done again; the same command continues.',
    )
    .argument('<ids...>', 'digests of jobs, as --print-jobs prints them')
    .option('--store <place>', 'the store: a folder, or s3://BUCKET/PREFIX (default: runs/store)')
    .option('--cache <folder>', 'where compiled programs are kept (default: ~/.cache/antitransfer)')
    .option('--parallel <n>', 'jobs side by side', wholeNumber(1), 1)
    .option('--threads <n>', 'threads of each (default: the cores, shared)', wholeNumber(1))
    .action(run);
  addExamples(command, [
    ['job 0a1b2c… --store s3://results/emotions', 'one line of what --print-jobs commands prints'],
  ]);
}

async function run(ids: readonly string[], { store: place, cache, parallel, threads }: Flags): Promise<void> {
  const folder = resolve(cache ?? defaultCache());
  const store = storeAt(placeOfStore(place ?? defaultStore()), folder);
  const signal = abortOnInterrupt(() =>
    process.stderr.write('Stopping: what is done is kept, the same command continues.\n'),
  );
  const execution = executionSettings.parse({ parallel, threads: threads ?? null });
  const use = await store.use(signal);
  try {
    const jobs = await plannedJobs(ids, store);
    for await (const { job, event } of runnerOf(execution, store, folder, jobs).run(jobs, signal)) {
      if (event.kind === 'waiting')
        process.stderr.write(`${printable(job.name)}: process ${event.pid} on ${event.host} is at it\n`);
      if (event.kind === 'done') process.stdout.write(`${job.id} ${printable(job.name)}\n`);
    }
  } finally {
    await use.release();
  }
}

/** The jobs and all that they need, each once. @throws UserError when the store does not know one */
async function plannedJobs(ids: readonly string[], store: Store): Promise<PlannedJob[]> {
  const planned = new Map<string, PlannedJob>();
  for (const id of ids) {
    const needed = await neededJobs(id, store);
    const unknown = missingOf(id, needed);
    if (unknown !== undefined) {
      throw new UserError(
        `The store "${store.location}" has no job ${unknown}. Name its store with --store, or print the jobs anew: those of another ` +
          'version of antitransfer, or of other settings, are others.',
      );
    }
    for (const [one, job] of needed) {
      const name = describeJob(job, one, (other) => needed.get(other));
      planned.set(one, { id: one, name, job, after: dependenciesOf(one, needed) });
    }
  }
  return [...planned.values()];
}

type Needed = Awaited<ReturnType<typeof neededJobs>>;

/** What one job waits for. */
function dependenciesOf(id: string, needed: Needed): string[] {
  const direct = needsOf([id], [], (other) => (other === id ? needed.get(id) : undefined));
  return [...direct.jobs].filter((other) => other !== id);
}

/** The first job that is needed and not known; undefined when all are. */
function missingOf(id: string, needed: Needed): string | undefined {
  if (!needed.has(id)) return id;
  return [...needed.keys()].flatMap((one) => dependenciesOf(one, needed)).find((one) => !needed.has(one));
}
