import { UserError } from '../../errors.js';
import { describeJob } from './describe.js';
import { isTaken } from './held-claim.js';
import type { Inventory, StoredFeatures, StoredJob } from './inventory.js';
import { type Needs, needsOf } from './needs.js';
import type { Store } from './store.js';
import type { StoredItem } from './stored-item.js';

/** What is to be removed from a store. */
export interface ClearChoice {
  /** Features: they are computed again from the recordings. */
  readonly features?: boolean;
  /** Trainings and networks that are done, and those that are not. */
  readonly jobs?: boolean;
  /** Trainings that were stopped, failed or never begun. */
  readonly stopped?: boolean;
}

/** What a store can do without. */
export interface Clearing {
  readonly features: readonly StoredFeatures[];
  readonly jobs: readonly StoredJob[];
  /** Sets of clips that no job needs any longer. */
  readonly sets: readonly StoredItem[];
  /** The same of networks that were given. */
  readonly models: readonly StoredItem[];
  readonly bytes: number;
}

/**
 * Says what a choice would remove.
 *
 * @param keep ids of jobs that stay, with all that they need, and names of sets that stay
 */
export function planClearing(
  { jobs, features, sets, models }: Inventory,
  choice: ClearChoice,
  keep: { readonly jobs: Iterable<string>; readonly sets: Iterable<string> },
): Clearing {
  const byId = new Map(jobs.map((job) => [job.id, job.job]));
  const needed = needsOf(keep.jobs, keep.sets, (id) => byId.get(id));
  const isUnfinished = ({ state }: StoredJob) => state.state !== 'done' && state.state !== 'running';
  const going = jobs.filter(
    (job) => !needed.jobs.has(job.id) && (choice.jobs || (choice.stopped && isUnfinished(job))),
  );
  const staying = jobs.filter((job) => !going.includes(job)).map(({ id }) => id);
  // Comparisons look at the sets of their tests, too: sets go when trainings that are done may go.
  const left: Needs | undefined = choice.jobs
    ? needsOf([...staying, ...keep.jobs], keep.sets, (id) => byId.get(id))
    : undefined;
  const parts = {
    features: choice.features ? features.filter(({ id }) => !needed.features.has(id)) : [],
    jobs: going,
    sets: left ? sets.filter(({ id }) => !left.sets.has(id)) : [],
    models: left ? models.filter(({ id }) => !left.models.has(id)) : [],
  };
  const all = Object.values(parts).flat();
  return { ...parts, bytes: all.reduce((total, { bytes }) => total + bytes, 0) };
}

/**
 * Removes it. A training is claimed first: nobody begins it meanwhile.
 *
 * @throws UserError, before anything is removed, when a process is at one of these trainings, or, for features, at any
 * @throws FileError when something cannot be removed
 */
export async function clear(store: Store, inventory: Inventory, clearing: Clearing): Promise<void> {
  const isNothing = [clearing.features, clearing.jobs, clearing.sets, clearing.models].every(
    (part) => part.length === 0,
  );
  const [user] = isNothing ? [] : await store.users();
  if (user !== undefined) throw inUse('The store', user);
  const known = new Map(inventory.jobs.map((stored) => [stored.id, stored.job]));
  const describe = ({ job, id }: StoredJob) => describeJob(job, id, (other) => known.get(other));
  const busy = clearing.features.length > 0 ? inventory.jobs : clearing.jobs;
  for (const stored of busy) {
    if (stored.state.state === 'running') throw inUse(describe(stored), stored.state);
  }
  await store.removeLeftovers();
  for (const stored of clearing.jobs) {
    const claim = await stored.folder.take();
    if (!isTaken(claim)) throw inUse(describe(stored), claim);
    await store.removeJob(stored, claim);
  }
  for (const item of [...clearing.features, ...clearing.sets, ...clearing.models]) await store.remove(item);
}

function inUse(what: string, { host, pid }: { readonly host: string; readonly pid: number }): UserError {
  return new UserError(
    `${what}: process ${pid} on ${host} is at it. Nothing more is removed; stop that process (Ctrl-C), or wait for it.`,
  );
}
