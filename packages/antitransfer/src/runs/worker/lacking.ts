import { SentUserError } from '../jobs/sent-error.js';
import type { QueuedJob } from '../queue/queued-job.js';
import type { Store } from '../store/store.js';

/** What can be said of a job before it is begun. */
export type Readiness =
  | { readonly kind: 'ready' }
  /** It waits for a training that diverged: there is nothing to do. */
  | { readonly kind: 'given up' }
  /** The worker does not see what the job needs; another may. */
  | { readonly kind: 'lacking'; readonly reason: string };

/** Sees whether a store has what a job needs of other jobs. */
export async function readinessOf(
  id: string,
  { after, needed }: QueuedJob,
  store: Store,
): Promise<Readiness> {
  for (const other of needed) {
    if ((await store.job(other).record())?.kind === 'diverged') return { kind: 'given up' };
  }
  if ((await store.job(id).job()) === undefined) return lacking(store, `does not know the job ${id}`);
  for (const other of after) {
    if ((await store.job(other).record()) === undefined) return lacking(store, `has no result of ${other}`);
  }
  return { kind: 'ready' };
}

function lacking({ location }: Store, what: string): Readiness {
  const reason =
    `its store "${location}" ${what}: give it the store of whoever queued the job (--store). ` +
    'On a network file system what is new may be seen later.';
  return { kind: 'lacking', reason };
}

/** What a worker lacks whose job failed for it; `undefined` where the job failed for another reason. */
export function lackedBy(error: unknown): string | undefined {
  const isMissing = error instanceof SentUserError && error.sentName === 'MissingFeaturesError';
  return isMissing ? error.message : undefined;
}
