import type { Job } from './job.js';
import { needsOf } from './needs.js';
import type { Store } from './store.js';

/**
 * A job with those that it continues or looks at, directly or not, each behind those that it needs, as far as the store
 * knows them.
 */
export async function neededJobs(id: string, store: Store): Promise<Map<string, Job>> {
  const known = new Map<string, Job>();
  const add = async (one: string): Promise<void> => {
    if (known.has(one)) return;
    const job = await store.job(one).job();
    if (job === undefined) return;
    for (const other of needsOf([one], [], (asked) => (asked === one ? job : undefined)).jobs)
      if (other !== one) await add(other);
    known.set(one, job);
  };
  await add(id);
  return known;
}
