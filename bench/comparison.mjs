// One comparison by `antitransfer compare`, with nothing stored before, and where its time went. No command of its own:
// experiment.mjs and scaling-comparisons.mjs measure with it.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Store } from '../packages/antitransfer/dist/runs/index.js';
import { readEvents } from '../packages/antitransfer/dist/runs/store/events.js';

export const binary = join(import.meta.dirname, '../packages/antitransfer/bin/antitransfer.js');
const run = promisify(execFile);

/** Two methods that a peer can be written for: without a penalty, and with one on clips of its own. */
export const methods = ['no-transfer', 'cka-auxiliary'];

/** Speaks the demo corpus: ten digits by four voices, as WAV files at 8 kHz. */
export async function writeDemo(folder, takes) {
  await run(process.execPath, [binary, 'data', 'demo', folder, '--takes', String(takes)]);
  return folder;
}

/**
 * Carries out a comparison of recordings, in the short form of examples/fsdd-confounded.
 *
 * @param folder a new one: nothing is found again in it
 * @param data the recordings
 * @param asked `seeds`, `epochs`, `owners` (speakers that own digits)
 * @param machine `parallel` trainings with `threads` each
 * @returns its store, seconds by the clock, and every job with when it began and ended (seconds since 1970)
 */
export async function runComparison(folder, data, asked, machine) {
  const store = new Store(join(folder, 'store'));
  const keys = {
    data,
    methods: JSON.stringify(methods),
    seeds: asked.seeds,
    'training.epochs': asked.epochs,
    'split.owners': asked.owners,
    parallel: machine.parallel,
    threads: machine.threads,
    output: join(folder, 'run'),
    store: store.folder,
    cache: join(folder, 'cache'),
  };
  const flags = Object.entries(keys).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const began = Date.now() / 1000;
  await run(process.execPath, [binary, 'compare', ...flags], { maxBuffer: 2 ** 26 });
  const ended = Date.now() / 1000;
  return { folder, store, began, ended, jobs: await jobsOf(store) };
}

/** Every job of a store with its record. */
async function jobsOf(store) {
  const jobs = [];
  for (const id of (await readdir(join(store.folder, 'jobs'))).sort()) {
    const folder = store.job(id);
    const [job, record, events] = [
      await folder.job(),
      await folder.record(),
      await readEvents(folder.eventFile),
    ];
    if (job === undefined || record === undefined) throw new Error(`The job ${id} left no result.`);
    const at = (kind) => Date.parse(events.find(({ event }) => event.kind === kind)?.time ?? '') / 1000;
    jobs.push({ id, job, record, began: at('started'), ended: at('done') });
  }
  return jobs;
}

/** Which line of a table a job is on. */
export function phaseOf(job) {
  if (job.kind === 'orthogonal') return 'orthogonal networks';
  if (job.kind === 'assessment') return 'test and probe';
  return job.objectives.length === 0 ? methods[0] : methods[1];
}

/**
 * Seconds of each phase: from the start to the first job, the jobs of each kind added up, and what is left of the clock's
 * when no job ran (starting processes, the report). Where jobs run side by side the phases are more than the whole.
 */
export function phasesOf({ began, ended, jobs }) {
  const first = Math.min(...jobs.map((job) => job.began)) - began;
  const ofJobs = new Map(['orthogonal networks', ...methods, 'test and probe'].map((phase) => [phase, 0]));
  for (const { job, began: from, ended: to } of jobs) {
    const phase = phaseOf(job);
    ofJobs.set(phase, ofJobs.get(phase) + to - from);
  }
  return new Map([
    ['start and features', first],
    ...ofJobs,
    ['between jobs, report', ended - began - first - unionOf(jobs)],
    ['**all, by the clock**', ended - began],
  ]);
}

/** Seconds in which one job or more ran. */
function unionOf(jobs) {
  let [sum, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { began, ended } of jobs.toSorted((a, b) => a.began - b.began)) {
    sum += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return sum;
}
