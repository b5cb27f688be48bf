import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.js';
import type { Job, JobEvent, JobResult } from './job.js';
import type { FromJob, ToJob } from './worker-main.js';
import { places } from '../store/paths.js';

/** A job and those that must be done before it. */
export interface PlannedJob {
  readonly job: Job;
  readonly after: readonly string[];
}

export interface RunOptions {
  /** Processes side by side. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  readonly onStart?: (job: Job) => void;
  readonly onEvent?: (job: Job, event: JobEvent) => void;
  readonly onDone?: (job: Job, result: JobResult, reused: boolean) => void;
}

/**
 * Carries out jobs in processes of their own, each as soon as those before it are done; the earlier in the list first.
 * Jobs that left a result are not run again. Ends when all are done, when one fails (the others are stopped and keep
 * their checkpoints), or when the signal is aborted.
 */
export async function runJobs(
  planned: readonly PlannedJob[],
  options: RunOptions,
): Promise<Map<string, JobResult>> {
  const results = new Map<string, JobResult>();
  for (const { job } of planned) {
    const earlier = await readResult(job);
    if (earlier === undefined) continue;
    results.set(job.id, earlier);
    options.onDone?.(job, earlier, true);
  }
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const waiting = planned.filter(({ job }) => !results.has(job.id));
  const running = new Set<Promise<void>>();
  let failure: unknown;
  while (waiting.length > 0 || running.size > 0) {
    const next = signal.aborted ? -1 : waiting.findIndex(({ after }) => after.every((id) => results.has(id)));
    if (next >= 0 && running.size < options.parallel) {
      const [{ job }] = waiting.splice(next, 1) as [PlannedJob];
      options.onStart?.(job);
      const run: Promise<void> = runJob(job, signal, options)
        .then((result) => {
          results.set(job.id, result);
          options.onDone?.(job, result, false);
        })
        .catch((error: unknown) => {
          failure ??= error;
          stopping.abort();
        })
        .finally(() => running.delete(run));
      running.add(run);
      continue;
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  options.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  return results;
}

async function readResult(job: Job): Promise<JobResult | undefined> {
  const text = await readFile(places.result(job.folder, job.id), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as JobResult);
}

function runJob(job: Job, signal: AbortSignal, { onEvent }: RunOptions): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./worker-main.js', import.meta.url), { serialization: 'json' });
    const send = (message: ToJob) => child.connected && child.send(message);
    const stop = () => send({ kind: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    const settle = (finish: () => void) => {
      signal.removeEventListener('abort', stop);
      finish();
    };
    child.on('message', (message: FromJob) => {
      switch (message.kind) {
        case 'event':
          return onEvent?.(job, message.event);
        case 'done':
          return settle(() => resolve(message.result));
        case 'stopped':
          return settle(() => reject(signal.reason));
        case 'failed': {
          const text = `${job.id}: ${message.message}`;
          return settle(() => reject(message.isUserError ? new UserError(text) : new Error(text)));
        }
      }
    });
    // The exit may be told before the last message is: only behind the disconnection nothing more can come.
    Promise.all([once(child, 'exit'), once(child, 'disconnect')])
      .then(([[code, by]]) => {
        const how = by === null ? `exit code ${code}` : `signal ${by}`;
        const hint = by === 'SIGKILL' ? ' Perhaps memory ran out: try --parallel 1 or a smaller batch.' : '';
        settle(() =>
          reject(new UserError(`The process of ${job.id} ended before it was done (${how}).${hint}`)),
        );
      })
      .catch((error: unknown) => settle(() => reject(error)));
    send({ kind: 'start', job });
    if (signal.aborted) stop();
  });
}
