import { buildFrontEnd } from '../../data/features/front-end.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { settingsKey } from '../../data/features/store/clip-keys.js';
import { concurrently } from '../../data/features/store/concurrently.js';
import type { Job } from './job.js';
import type { JobFolder, JobState } from './job-folder.js';
import type { Store } from './store.js';
import type { StoredItem } from './stored-item.js';

/** Jobs that are looked at at the same time: a system opens so many files, a server answers so many requests. */
const JOBS_AT_ONCE = 32;

/** Features of one front end's settings. */
export interface StoredFeatures extends StoredItem {
  /** Of the jobs that use them; `undefined` when no job of the store does. */
  readonly settings: FeatureSettings | undefined;
  /** Rows: recordings, or segments of them. `undefined` like the settings. */
  readonly clips: number | undefined;
}

export interface StoredJob extends StoredItem {
  readonly folder: JobFolder;
  /** `undefined` when it is of another version, or damaged: nobody knows what it was. */
  readonly job: Job | undefined;
  readonly state: JobState;
}

/** All that a store holds. */
export interface Inventory {
  /** Its folder, or the address of its bucket. */
  readonly location: string;
  readonly bytes: number;
  readonly features: readonly StoredFeatures[];
  readonly jobs: readonly StoredJob[];
  readonly sets: readonly StoredItem[];
  readonly models: readonly StoredItem[];
}

/**
 * Lists a store, of which other processes may be using parts. An empty one where there is none.
 *
 * @throws FileError when a part of it cannot be read
 */
export async function takeInventory(store: Store): Promise<Inventory> {
  const items = await store.items('jobs');
  const jobs = new Array<StoredJob>(items.length);
  await concurrently([...items.entries()], JOBS_AT_ONCE, async ([at, item]) => {
    const folder = store.job(item.id);
    jobs[at] = { ...item, folder, job: await folder.job(), state: await folder.state() };
  });
  const settings = new Map(
    jobs.flatMap(({ job }) => (job && 'features' in job ? [[settingsKey(job.features), job.features]] : [])),
  );
  const features = await Promise.all(
    (await store.items('features')).map(async (item): Promise<StoredFeatures> => {
      const known = settings.get(item.id);
      return { ...item, settings: known, clips: known && (await countRows(store, item, known)) };
    }),
  );
  return {
    location: store.location,
    bytes: await store.bytes(),
    features,
    jobs,
    sets: await store.items('sets'),
    models: await store.items('models'),
  };
}

async function countRows(store: Store, item: StoredItem, settings: FeatureSettings): Promise<number> {
  const { frames, bins } = buildFrontEnd(settings);
  return (await store.rowsOf(item, frames * bins)).size;
}
