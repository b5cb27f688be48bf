import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { Job, JobEvent, JobResult } from './job.js';
import { places } from '../store/paths.js';
import { trainMethod } from '../trainings/target.js';
import { trainOrthogonal } from '../trainings/orthogonal.js';
import { isUserCaused } from './user-caused.js';

/** What a process that carries out a job is told. */
export type ToJob = { readonly kind: 'start'; readonly job: Job } | { readonly kind: 'stop' };

/** What it answers. */
export type FromJob =
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly isUserError: boolean };

const controller = new AbortController();

function tell(message: FromJob): void {
  if (process.connected) process.send?.(message);
}

/** Tells the last message, and ends when it is on its way. */
async function finish(message: FromJob): Promise<void> {
  if (!process.connected) return;
  await new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
  process.disconnect();
}

async function carryOut(job: Job): Promise<void> {
  const context = { signal: controller.signal, onEvent: (event: JobEvent) => tell({ kind: 'event', event }) };
  try {
    const result =
      job.kind === 'orthogonal' ? await trainOrthogonal(job, context) : await trainMethod(job, context);
    const path = places.result(job.folder, job.id);
    await mkdir(places.job(job.folder, job.id), { recursive: true });
    await writeFile(`${path}.${process.pid}`, JSON.stringify(result));
    await rename(`${path}.${process.pid}`, path);
    await finish({ kind: 'done', result });
  } catch (error) {
    if (controller.signal.aborted) await finish({ kind: 'stopped' });
    else {
      const { stack, message } = error as Error;
      const isUserError = isUserCaused(error);
      await finish({ kind: 'failed', message: isUserError ? message : (stack ?? message), isUserError });
    }
  }
}

// Ctrl-C reaches the whole group of processes; the one that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => controller.abort());
process.on('disconnect', () => controller.abort());
process.on('message', (message: ToJob) => {
  if (message.kind === 'stop') controller.abort();
  else void carryOut(message.job);
});
