import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Standardisation } from '../../../data/features/standardise.js';
import { packSuffix } from '../../../data/features/store/pack.js';
import { UserError } from '../../../errors.js';
import { absentIfDamaged } from '../../../files/json-file.js';
import { readWhole } from '../../../files/read-whole.js';
import type { Attendance } from '../attendance.js';
import type { Holder } from '../claim.js';
import type { ClipSet } from '../clip-set.js';
import { describeJob } from '../describe.js';
import type { HeldClaim } from '../held-claim.js';
import type { Job } from '../job.js';
import { neededJobs } from '../needed-jobs.js';
import { needsOf } from '../needs.js';
import { type StandardisationKey, Store } from '../store.js';
import type { ItemKind, StoredItem } from '../stored-item.js';
import { S3Bucket } from './bucket.js';
import { BucketClaim, claimTiming, readBucketHolder, serverTime } from './bucket-claim.js';
import { BucketJob } from './bucket-job.js';
import { BucketPacks, keysOfPack } from './bucket-packs.js';
import { CheckpointMirror } from './checkpoint-mirror.js';
import type { BucketLocation } from './location.js';
import { pull, push } from './mirror.js';

/**
 * A store in a bucket of an S3 server, with a folder of this machine that holds what was needed of it here, in the same
 * form as any store. All in it is named by its content and never changed, so that what is in the folder is what is in
 * the bucket; the folder may be removed at any time.
 */
export class BucketStore extends Store {
  readonly bucket: S3Bucket;
  /** Names of objects that are known to be in the bucket. */
  readonly #there = new Set<string>();

  /** @param folder on this machine; several processes may share it */
  constructor(
    location: BucketLocation,
    folder: string,
    readonly timing = claimTiming,
  ) {
    const bucket = new S3Bucket(location);
    super(folder, new BucketPacks(bucket, join(folder, 'features')));
    this.bucket = bucket;
  }

  override get location(): string {
    return this.bucket.url();
  }

  override job(id: string): BucketJob {
    return new BucketJob(join(this.folder, 'jobs', id), this.bucket, this.timing);
  }

  override use(signal: AbortSignal): Promise<HeldClaim> {
    return BucketClaim.await(this.bucket, `users/${randomUUID()}`, signal, this.timing);
  }

  override async users(): Promise<Holder[]> {
    const names = new Set<string>();
    for await (const { key } of this.bucket.list('users/')) names.add(key.split('/').slice(0, 2).join('/'));
    const now = names.size === 0 ? 0 : await serverTime(this.bucket);
    const holders = [...names].map((name) => readBucketHolder(this.bucket, name, this.timing, now));
    return (await Promise.all(holders)).filter((holder) => holder !== undefined);
  }

  override async keepSet(set: ClipSet): Promise<string> {
    const name = await super.keepSet(set);
    await this.#keep(`sets/${name}.json`, this.setPath(name));
    return name;
  }

  override async set(name: string): Promise<ClipSet> {
    const here = await super.set(name).catch(absentIfDamaged);
    if (here !== undefined) return here;
    await pull(this.bucket, `sets/${name}.json`, this.setPath(name));
    return super.set(name);
  }

  override async modelBytes(name: string): Promise<Uint8Array | undefined> {
    const here = await super.modelBytes(name);
    if (here !== undefined) return here;
    return (await pull(this.bucket, `models/${name}.onnx`, this.model(name)))
      ? super.modelBytes(name)
      : undefined;
  }

  override async keepModel(path: string): Promise<string> {
    const name = await super.keepModel(path);
    await this.#keep(`models/${name}.onnx`, this.model(name));
    return name;
  }

  override async standardisation(
    of: StandardisationKey,
    measure: () => Promise<Standardisation>,
  ): Promise<Standardisation> {
    const path = this.standardisationPath(of);
    const key = `features/${of.space}/${of.set}.${of.over}.json`;
    if ((await readWhole(path)) === undefined) await pull(this.bucket, key, path);
    const value = await super.standardisation(of, measure);
    await this.#keep(key, path);
    return value;
  }

  override async items(kind: ItemKind): Promise<StoredItem[]> {
    const bytes = new Map<string, number>();
    for await (const { key, bytes: own } of this.bucket.list(`${kind}/`)) {
      const path = key.split('/').slice(0, 2).join('/');
      bytes.set(path, (bytes.get(path) ?? 0) + own);
    }
    return [...bytes].map(([path, all]) => ({ id: basename(path).replace(/\..*/, ''), path, bytes: all }));
  }

  override async bytes(): Promise<number> {
    let bytes = 0;
    for await (const found of this.bucket.list('')) bytes += found.bytes;
    return bytes;
  }

  override async rowsOf({ path }: StoredItem): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for await (const { key } of this.bucket.list(`${path}/`)) {
      if (!key.endsWith(packSuffix)) continue;
      for (const row of await keysOfPack(this.bucket, key)) keys.add(row);
    }
    return keys;
  }

  override async remove({ path }: StoredItem): Promise<void> {
    await this.#removeAll(path);
    await rm(join(this.folder, path), { recursive: true, force: true });
  }

  override async removeJob({ id, path }: StoredItem, claim: HeldClaim): Promise<void> {
    const { folder, key } = { folder: this.job(id), key: `${path}/result.json` };
    try {
      // What is here goes first: it would be brought to the bucket again. Without its result a job is not done.
      await rm(folder.folder, { recursive: true, force: true });
      await this.bucket.remove([key]);
      await this.#removeAll(path, folder.key('claim/'));
    } finally {
      await claim.release();
    }
  }

  /** All objects of a thing: it is one, or they are below its name. */
  async #removeAll(path: string, but?: string): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(path)) {
      const isOf = key === path || key.startsWith(`${path}/`);
      if (isOf && (but === undefined || !key.startsWith(but))) keys.push(key);
    }
    await this.bucket.remove(keys);
    for (const key of keys) this.#there.delete(key);
  }

  override async attend(id: string, job: Job): Promise<Attendance> {
    await this.#provide(id, job);
    const folder = this.job(id);
    const mirror = await CheckpointMirror.begin(this.bucket, folder.key('training/'), folder.training);
    return {
      leave: async () => {
        // The folder has all of it, too: whoever goes on here loses nothing where the bucket is out of reach.
        await mirror.end().catch(() => undefined);
        await folder.removeOldCheckpoints().catch(() => undefined);
        await folder.pushEvents().catch(() => undefined);
      },
    };
  }

  /** Brings what a job looks at as files: networks of other jobs and of users. The rest is brought when it is opened. */
  async #provide(id: string, job: Job): Promise<void> {
    const known = new Map([...(await neededJobs(id, this)), [id, job]]);
    const needs = needsOf([id], [], (other) => known.get(other));
    for (const other of needs.jobs) {
      if (other === id || (await this.job(other).record()) !== undefined) continue;
      const what = describeJob(known.get(other), other, (one) => known.get(one));
      throw new UserError(
        `What the job needs is not in the store "${this.location}": ${what}. Run the command that asked for it again.`,
      );
    }
    for (const name of needs.models) await this.modelBytes(name);
  }

  /** Writes what is not in the bucket. */
  async #keep(key: string, path: string): Promise<void> {
    if (this.#there.has(key)) return;
    if (!(await this.bucket.has(key))) await push(this.bucket, path, key);
    this.#there.add(key);
  }
}
