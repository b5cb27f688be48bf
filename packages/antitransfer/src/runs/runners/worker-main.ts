import type { FitExecution } from '../../learning/training/execution.js';
import { carryOut } from '../jobs/carry-out.js';
import { type SentError, toSent } from '../jobs/sent-error.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import { openStore, type StoreAddress } from '../store/store-at.js';
import { doJob } from '../trainings/work.js';

/** What a process that carries out jobs is told: one job at a time. */
export type ToWorker =
  | {
      readonly kind: 'start';
      readonly id: string;
      readonly store: StoreAddress;
      readonly execution: FitExecution;
      readonly compiledCache: string;
    }
  | { readonly kind: 'stop' };

/** What it answers. */
export type FromWorker =
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'done' }
  /** Another process is at the job: nothing was done. */
  | { readonly kind: 'held'; readonly by: Holder }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: SentError };

/** Stops the job that is under way. */
let controller = new AbortController();

function tell(message: FromWorker): void {
  // Whoever listens may have been killed just now: that is told by the disconnection.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function work({ id, store, execution, compiledCache }: ToWorker & { kind: 'start' }): Promise<void> {
  const surroundings = { store: openStore(store), execution, compiledCache };
  const { signal } = controller;
  try {
    const by = await carryOut(id, surroundings, doJob, signal, (event) => tell({ kind: 'event', event }));
    tell(by === undefined ? { kind: 'done' } : { kind: 'held', by });
  } catch (error) {
    tell(signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: toSent(error) });
  }
}

// Ctrl-C reaches the whole group of processes; the one that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => controller.abort());
// Nobody listens any more: what is under way is stopped, and nothing else keeps this process.
process.on('disconnect', () => controller.abort());
process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') {
    controller.abort();
    return;
  }
  controller = new AbortController();
  void work(message);
});
