import { UserError } from '../../errors.js';
import type { PlannedJob } from '../plan/plan.js';
import type { JobEvent } from '../store/events.js';
import type { Store } from '../store/store.js';
import { EventChannel } from './event-channel.js';
import type { RunEvent } from './runner.js';
import { isUserCaused } from './user-caused.js';

/** Does one job; its result is in the store when the promise is fulfilled. */
export type CarryOut = (
  job: PlannedJob,
  signal: AbortSignal,
  tell: (event: JobEvent) => void,
) => Promise<void>;

export interface ScheduleOptions {
  readonly store: Store;
  /** Jobs side by side. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  readonly carryOut: CarryOut;
}

/** The order of jobs that every runner on this machine keeps; see {@link JobRunner.run}. */
export async function* schedule(
  jobs: readonly PlannedJob[],
  options: ScheduleOptions,
): AsyncGenerator<RunEvent> {
  const channel = new EventChannel<RunEvent>();
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const work = carryOutAll(jobs, { ...options, signal }, channel).then(
    () => channel.close(),
    (error: unknown) => channel.fail(error),
  );
  try {
    yield* channel;
  } finally {
    // Whoever reads the events may go away early.
    left.abort();
    await work;
  }
}

async function carryOutAll(
  jobs: readonly PlannedJob[],
  { store, parallel, signal, carryOut }: ScheduleOptions,
  channel: EventChannel<RunEvent>,
): Promise<void> {
  const done = new Set<string>();
  for (const job of jobs) {
    signal.throwIfAborted();
    await store.job(job.id).writeJob(job.job);
    if ((await store.job(job.id).result()) === undefined) continue;
    done.add(job.id);
    channel.push({ job, event: { kind: 'done', reused: true } });
  }
  const stopping = new AbortController();
  const stop = AbortSignal.any([signal, stopping.signal]);
  const waiting = jobs.filter(({ id }) => !done.has(id));
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  while (waiting.length > 0 || running.size > 0) {
    const next = stop.aborted ? -1 : waiting.findIndex(({ after }) => after.every((id) => done.has(id)));
    const [job] = next >= 0 && running.size < parallel ? waiting.splice(next, 1) : [];
    if (job !== undefined) {
      const run: Promise<void> = carryOut(job, stop, (event) => channel.push({ job, event }))
        .then(() => void done.add(job.id))
        .catch((error: unknown) => {
          failure ??= { error: naming(job, error) };
          stopping.abort();
        })
        .finally(() => running.delete(run));
      running.add(run);
      continue;
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
  const [left] = waiting;
  if (left !== undefined) throw new RangeError(`${left.name} waits for jobs that are not among these.`);
}

/** The same error, telling whose it is. */
function naming({ name }: PlannedJob, cause: unknown): Error {
  const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
  return isUserCaused(cause)
    ? new UserError(`${name}: ${message}`, { cause })
    : new Error(`${name}: ${stack ?? message}`, { cause });
}
