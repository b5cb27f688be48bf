import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Standardisation } from '../../data/features/standardise.js';
import { FeatureStore } from '../../data/features/store/feature-store.js';
import { eachPack } from '../../data/features/store/pack-index.js';
import type { PackKeeper } from '../../data/features/store/pack-keeper.js';
import { sha256, shortDigest } from '../../files/digest.js';
import { DamagedFileError, isAbsent, namingFile } from '../../files/file-error.js';
import { folderSize, namesIn } from '../../files/folder-size.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { readModel } from '../../learning/networks/store.js';
import { type Attendance, nothingToLeave } from './attendance.js';
import type { Holder } from './claim.js';
import { type ClipSet, clipSet, digestOfSet } from './clip-set.js';
import type { HeldClaim } from './held-claim.js';
import type { Job } from './job.js';
import { JobFolder } from './job-folder.js';
import type { ItemKind, StoredItem } from './stored-item.js';
import { usersOf, useStore } from './users.js';

const standardisation = z.strictObject({
  version: z.literal(1),
  value: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
});

/** Where a job goes before it is removed. */
const removedPrefix = 'removed-';

/** Of what a mean and deviation are. */
export interface StandardisationKey {
  /** Names the settings of the features, {@link settingsKey}. */
  readonly space: string;
  readonly set: string;
  /** What the mean is over, `global` or `bin`. */
  readonly over: string;
}

/**
 * What comparisons share: each thing under the digest of what it depends on, so that nothing is computed twice and
 * nothing of other settings, data or code is ever mixed in.
 *
 * ```
 * features/SETTINGS/…   rows of features by the content of their recordings; how clips are cut; mean and deviation of sets
 * sets/DIGEST.json      labelled clips in an order
 * models/DIGEST.onnx    networks that users gave
 * jobs/DIGEST/          job.json, events.jsonl, result.json, network.onnx
 * ```
 *
 * It holds no path: a copy of it is worth as much on any machine. Every file appears whole (written aside, handed to the
 * disk, renamed) and carries its digest; what is damaged counts as absent and is made again. Several processes may
 * use it at once; one at a time is at a job ({@link Claim}).
 */
export class Store {
  readonly features: FeatureStore;

  /** @param keeper where features are kept besides the folder */
  constructor(
    readonly folder: string,
    keeper?: PackKeeper,
  ) {
    this.features = new FeatureStore(join(folder, 'features'), keeper);
  }

  /** What people call it, and find it by again: its folder, or the address of its bucket. */
  get location(): string {
    return this.folder;
  }

  /** Says beside it that this process uses it: nothing is cleared meanwhile. Any number of processes may. */
  use(signal: AbortSignal): Promise<HeldClaim> {
    return useStore(this.folder, signal);
  }

  /** Who uses it just now. */
  users(): Promise<Holder[]> {
    return usersOf(this.folder);
  }

  /**
   * Brings what a job needs into the folder, before it is begun; whoever does so holds the job's claim. In a folder all is there.
   *
   * @throws UserError when something that it needs is nowhere
   */
  attend(_id: string, _job: Job): Promise<Attendance> {
    return Promise.resolve(nothingToLeave);
  }

  /**
   * What is stored of a job, whether or not there is anything.
   *
   * @param id the digest of the job
   */
  job(id: string): JobFolder {
    return new JobFolder(join(this.folder, 'jobs', id));
  }

  /** Stores a set and returns its name. */
  async keepSet(set: ClipSet): Promise<string> {
    const name = digestOfSet(set);
    const path = this.setPath(name);
    const kept = await readJson(path, clipSet).catch(absentIfDamaged);
    if (kept === undefined || digestOfSet(kept) !== name) await writeJson(path, set);
    return name;
  }

  /** @throws DamagedFileError when it is not there any more, or not what it was. */
  async set(name: string): Promise<ClipSet> {
    const path = this.setPath(name);
    const set = await readJson(path, clipSet);
    if (set !== undefined && digestOfSet(set) === name) return set;
    throw new DamagedFileError(path, set === undefined ? 'it is gone' : 'it holds another set');
  }

  /**
   * Keeps a network that a user gave, and returns its name.
   *
   * @throws UserError when there is no such file.
   */
  async keepModel(path: string): Promise<string> {
    const bytes = await readModel(path);
    const name = shortDigest(bytes);
    const kept = await readWhole(this.model(name));
    if (kept === undefined || sha256(kept) !== sha256(bytes)) await writeWhole(this.model(name), bytes);
    return name;
  }

  /** The bytes of a network that a user gave; `undefined` when it is not there any more. */
  async modelBytes(name: string): Promise<Uint8Array | undefined> {
    return readWhole(this.model(name));
  }

  /** Where a network is that a user gave. */
  model(name: string): string {
    return join(this.folder, 'models', `${name}.onnx`);
  }

  /**
   * Mean and deviation of the features of a set: measured once, by whoever asks first.
   */
  async standardisation(
    of: StandardisationKey,
    measure: () => Promise<Standardisation>,
  ): Promise<Standardisation> {
    const path = this.standardisationPath(of);
    const kept = await readJson(path, standardisation).catch(absentIfDamaged);
    if (kept !== undefined) return kept.value;
    const value = await measure();
    await writeJson(path, { version: 1, value });
    return value;
  }

  /** Things of one kind, and what each takes. @throws FileError when they cannot be read */
  async items(kind: ItemKind): Promise<StoredItem[]> {
    const folder = join(this.folder, kind);
    const names = await namesIn(folder);
    return Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { id: name.replace(/\..*/, ''), path, bytes: (await folderSize(path)).bytes };
      }),
    );
  }

  /** All that it takes. */
  async bytes(): Promise<number> {
    return (await folderSize(this.folder)).bytes;
  }

  /** Names of the rows of features. */
  async rowsOf({ path }: StoredItem, rowLength: number): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    await eachPack(path, rowLength, (_, header) => {
      for (const key of header.keys) keys.add(key);
    });
    return keys;
  }

  /** Removes a thing. @throws FileError when it cannot be removed */
  remove({ path }: StoredItem): Promise<void> {
    return removeFile(path);
  }

  /** Removes a job, whose claim whoever calls holds: at once for everybody, so that nobody finds half of it. */
  async removeJob({ path }: StoredItem, claim: HeldClaim): Promise<void> {
    const aside = join(this.folder, `${removedPrefix}${randomUUID()}`);
    try {
      await namingFile(path, 'written', () => rename(path, aside)).catch((error: unknown) => {
        if (!isAbsent(error)) throw error;
      });
    } finally {
      await claim.release();
    }
    await removeFile(aside);
  }

  /** Removes what a process left that died while it removed. */
  async removeLeftovers(): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      if (name.startsWith(removedPrefix)) await removeFile(join(this.folder, name));
    }
  }

  /** Where the mean and deviation of a set are. */
  protected standardisationPath({ space, set, over }: StandardisationKey): string {
    return join(this.folder, 'features', space, `${set}.${over}.json`);
  }

  /** Where a set of clips is. */
  protected setPath(name: string): string {
    return join(this.folder, 'sets', `${name}.json`);
  }
}

function removeFile(path: string): Promise<void> {
  return namingFile(path, 'written', () => rm(path, { recursive: true, force: true }));
}
