import { join } from 'node:path';
import { buildFrontEnd } from '../../data/features/front-end.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { settingsKey } from '../../data/features/store/clip-keys.js';
import { eachPack } from '../../data/features/store/pack-index.js';
import { folderSize, namesIn } from '../../files/folder-size.js';
import type { Job } from './job.js';
import type { JobFolder, JobState } from './job-folder.js';
import type { Store } from './store.js';

/** A thing of a store, and what it takes. */
export interface StoredItem {
  /** Its name below the kind's folder: a digest. */
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
}

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
  readonly folder: string;
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
  const jobs = await Promise.all(
    (await items(join(store.folder, 'jobs'))).map(async (item): Promise<StoredJob> => {
      const folder = store.job(item.id);
      return { ...item, folder, job: await folder.job(), state: await folder.state() };
    }),
  );
  const settings = new Map(
    jobs.flatMap(({ job }) => (job && 'features' in job ? [[settingsKey(job.features), job.features]] : [])),
  );
  const features = await Promise.all(
    (await items(join(store.folder, 'features'))).map(async (item): Promise<StoredFeatures> => {
      const known = settings.get(item.id);
      return { ...item, settings: known, clips: known && (await countRows(item.path, known)) };
    }),
  );
  return {
    folder: store.folder,
    bytes: (await folderSize(store.folder)).bytes,
    features,
    jobs,
    sets: await items(join(store.folder, 'sets')),
    models: await items(join(store.folder, 'models')),
  };
}

async function items(folder: string): Promise<StoredItem[]> {
  const names = await namesIn(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { id: name.replace(/\..*/, ''), path, bytes: (await folderSize(path)).bytes };
    }),
  );
}

async function countRows(folder: string, settings: FeatureSettings): Promise<number> {
  const { frames, bins } = buildFrontEnd(settings);
  const keys = new Set<string>();
  await eachPack(folder, frames * bins, (_, header) => {
    for (const key of header.keys) keys.add(key);
  });
  return keys.size;
}
