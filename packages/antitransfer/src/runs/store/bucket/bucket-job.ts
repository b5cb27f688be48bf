import { basename } from 'node:path';
import { type FileRecord, isIntact, recordOf } from '../../../files/digest.js';
import { readWhole } from '../../../files/read-whole.js';
import { writeWhole } from '../../../files/write-whole.js';
import type { Holder } from '../claim.js';
import type { StoredEvent } from '../events.js';
import { type HeldClaim, isTaken } from '../held-claim.js';
import type { Job } from '../job.js';
import { JobFolder } from '../job-folder.js';
import type { JobRecord } from '../records.js';
import type { S3Bucket } from './bucket.js';
import { BucketClaim, type ClaimTiming, readBucketHolder } from './bucket-claim.js';
import { joinedEvents } from './joined-events.js';
import { pull, push } from './mirror.js';

/**
 * What is stored of one job in a bucket, below `jobs` under its digest, and what of it is in a folder of this machine. Whoever
 * asks for something is given what the folder has, brought there first where it lacks it.
 */
export class BucketJob extends JobFolder {
  override readonly isLocal = false;

  constructor(
    folder: string,
    readonly bucket: S3Bucket,
    readonly timing: ClaimTiming,
  ) {
    super(folder);
  }

  /** The name of an object of the job. */
  key(name: string): string {
    return `jobs/${this.id}/${name}`;
  }

  override takeNow(): Promise<HeldClaim | Holder> {
    return this.take();
  }

  override async take(): Promise<HeldClaim | Holder> {
    const claim = await BucketClaim.take(this.bucket, this.key('claim'), this.timing);
    // Before anything is added to them here.
    if (isTaken(claim)) await this.#pullEvents();
    return claim;
  }

  override async free(signal: AbortSignal): Promise<void> {
    const claim = await BucketClaim.await(this.bucket, this.key('claim'), signal, this.timing);
    await claim.release();
  }

  override holder(): Promise<Holder | undefined> {
    return readBucketHolder(this.bucket, this.key('claim'), this.timing);
  }

  override async job(): Promise<Job | undefined> {
    const job = await super.job();
    if (job !== undefined) return job;
    return (await pull(this.bucket, this.key('job.json'), this.spec)) ? super.job() : undefined;
  }

  override async writeJob(job: Job): Promise<void> {
    await super.writeJob(job);
    if (!(await this.bucket.has(this.key('job.json'))))
      await push(this.bucket, this.spec, this.key('job.json'));
  }

  /** The bucket is asked, whatever the folder has; what only the folder has is brought to the bucket. */
  override async result(): Promise<JobRecord | undefined> {
    if (await this.#pullResult()) {
      const record = await super.record();
      if (record !== undefined && (await this.#pullFiles(record))) return record;
    }
    const own = await super.record();
    if (own === undefined || !(await this.#areIntact(own))) return undefined;
    await this.#pushResult(own);
    return own;
  }

  /** The same; the bucket is not asked where the folder has all of it. */
  override async record(): Promise<JobRecord | undefined> {
    const record = await super.record();
    return record !== undefined && (await this.isWhole(record)) ? record : this.result();
  }

  override async writeResult(record: JobRecord): Promise<void> {
    await super.writeResult(record);
    await this.#pushResult(record);
  }

  /** Removes the checkpoints of a training that is done. */
  async removeOldCheckpoints(): Promise<void> {
    if ((await this.record()) === undefined) return;
    const left: string[] = [];
    for await (const { key } of this.bucket.list(this.key('training/'))) left.push(key);
    await this.bucket.remove(left);
  }

  /** Files first: whoever finds the result finds them. */
  async #pushResult(record: JobRecord): Promise<void> {
    for (const [path] of this.filesOf(record)) await push(this.bucket, path, this.key(basename(path)));
    await push(this.bucket, this.spec, this.key('job.json'));
    await this.pushEvents();
    await push(this.bucket, this.resultFile, this.key('result.json'));
  }

  /** @returns whether there is one in the bucket */
  async #pullResult(): Promise<boolean> {
    const bytes = await this.bucket.get(this.key('result.json'));
    if (bytes === undefined) return false;
    const own = await readWhole(this.resultFile);
    if (own === undefined || !bytes.equals(own)) await writeWhole(this.resultFile, bytes);
    return true;
  }

  /** @returns whether all are what the record says */
  async #pullFiles(record: JobRecord): Promise<boolean> {
    for (const [path, file] of this.filesOf(record)) {
      if (!(await isIntact(path, file)) && !(await this.#pullFile(path, file))) return false;
    }
    return true;
  }

  async #areIntact(record: JobRecord): Promise<boolean> {
    for (const [path, file] of this.filesOf(record)) if (!(await isIntact(path, file))) return false;
    return true;
  }

  async #pullFile(path: string, file: FileRecord): Promise<boolean> {
    const bytes = await this.bucket.get(this.key(basename(path)));
    if (bytes === undefined || recordOf(bytes).sha256 !== file.sha256) return false;
    await writeWhole(path, bytes);
    return true;
  }

  override async eventBytes(): Promise<Uint8Array | undefined> {
    if ((await readWhole(this.eventFile)) === undefined) await this.#pullEvents();
    return super.eventBytes();
  }

  override bringEvents(): Promise<void> {
    return this.#pullEvents();
  }

  override async events(): Promise<StoredEvent[]> {
    await this.eventBytes();
    return super.events();
  }

  override async lastEvents(): Promise<StoredEvent[]> {
    await this.eventBytes();
    return super.lastEvents();
  }

  protected override async glance(): Promise<JobRecord | undefined> {
    return (await this.#pullResult()) ? super.record() : undefined;
  }

  protected override async isThere(record: JobRecord): Promise<boolean> {
    const bytes = new Map<string, number>();
    for await (const found of this.bucket.list(this.key(''))) bytes.set(found.key, found.bytes);
    return this.filesOf(record).every(([path, file]) => bytes.get(this.key(basename(path))) === file.bytes);
  }

  /** Brings to the bucket what was told since. */
  async pushEvents(): Promise<void> {
    await push(this.bucket, this.eventFile, this.key('events.jsonl'));
  }

  /** What other machines told joins what this one did. */
  async #pullEvents(): Promise<void> {
    const there = await this.bucket.get(this.key('events.jsonl'));
    if (there === undefined) return;
    const own = await readWhole(this.eventFile);
    if (own === undefined || !own.equals(there)) await writeWhole(this.eventFile, joinedEvents(own, there));
  }
}
