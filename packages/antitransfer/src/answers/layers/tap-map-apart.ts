import { Worker } from 'node:worker_threads';
import type { StorePlaces } from '../../runs/folder/comparison-clips.js';
import { fromSent, type SentError } from '../../runs/jobs/sent-error.js';
import type { TapMap, TapMapChoice } from './tap-map.js';

/** What the thread is asked. */
export interface TapMapQuestion {
  readonly folder: string;
  readonly choice: TapMapChoice;
  readonly places: StorePlaces;
}

/** What the thread answers. */
export type TapMapAnswer = { readonly map: TapMap } | { readonly error: SentError };

/**
 * The same as `tapMap`, in a thread of its own: a network that is run over all test clips holds nothing else up meanwhile.
 *
 * @param signal ends the thread
 * @throws as `tapMap`; the signal's reason when it aborts
 */
export async function tapMapApart(
  folder: string,
  choice: TapMapChoice,
  places: StorePlaces = {},
  signal?: AbortSignal,
): Promise<TapMap> {
  signal?.throwIfAborted();
  const workerData: TapMapQuestion = { folder, choice, places };
  const worker = new Worker(new URL('./tap-map-thread.js', import.meta.url), { workerData });
  const end = () => void worker.terminate();
  signal?.addEventListener('abort', end);
  try {
    const answer = await new Promise<TapMapAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      // Behind its answer it means nothing any more.
      worker.once('exit', (code) =>
        reject(signal?.reason ?? new Error(`The thread that draws the map has ended (exit code ${code}).`)),
      );
    });
    if ('error' in answer) throw fromSent(answer.error);
    return answer.map;
  } finally {
    signal?.removeEventListener('abort', end);
    await worker.terminate();
  }
}
