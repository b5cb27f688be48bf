import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSnapshot } from 'onnx-autograd';
import { concurrently } from '../../../data/features/store/concurrently.js';
import { isAbsent } from '../../../files/file-error.js';
import { readWhole } from '../../../files/read-whole.js';
import { writeWhole } from '../../../files/write-whole.js';
import type { S3Bucket } from './bucket.js';

/** The folder of a training is looked at this often, in milliseconds. */
const LOOK_MS = 2000;

/** A training writes a file an epoch: one after the other they could be slower than it. */
const PUTS_AT_ONCE = 8;

/** So often a round begins again because the training wrote another checkpoint meanwhile. */
const ATTEMPTS = 50;

/** Names the files that the others belong to: it is written after them, and read after them. */
const checkpointFile = 'checkpoint.safetensors';

/** What a training under way writes. Drafts are not among it. */
const fileForm = /^(checkpoint\.safetensors|best-\d+\.safetensors|maps-\d+\.bin)$/;

interface FileOfOneMoment {
  readonly name: string;
  readonly identity: string;
  readonly bytes: Uint8Array;
}

interface Taken {
  /** All that belong to the checkpoint, and itself. */
  readonly names: readonly string[];
  /** Those that the bucket lacks. */
  readonly others: readonly FileOfOneMoment[];
  readonly checkpoint: FileOfOneMoment;
}

/**
 * Keeps what a training needs to go on in a bucket, too: whenever its checkpoint is another, first the files that it knows of,
 * then itself, so that whoever finds it finds all of it.
 */
export class CheckpointMirror {
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();
  #isPushing = false;
  /** What is in the bucket, by name: which of the files that had it. */
  readonly #pushed = new Map<string, string>();

  private constructor(
    readonly bucket: S3Bucket,
    /** Before the names of objects. */
    readonly beginning: string,
    readonly folder: string,
  ) {
    this.#timer = setInterval(() => {
      if (this.#isPushing) return;
      // One that cannot be written is no reason to stop a training: the next one may be.
      this.#last = this.#push().catch(() => undefined);
    }, LOOK_MS).unref();
  }

  /** Brings what another machine left, where it is further than what is here, and begins. @throws BucketError */
  static async begin(bucket: S3Bucket, beginning: string, folder: string): Promise<CheckpointMirror> {
    const mirror = new CheckpointMirror(bucket, beginning, folder);
    try {
      await mirror.#pull();
      return mirror;
    } catch (error) {
      clearInterval(mirror.#timer);
      throw error;
    }
  }

  async #pull(): Promise<void> {
    this.#isPushing = true;
    const names: string[] = [];
    for await (const { key } of this.bucket.list(this.beginning))
      names.push(key.slice(this.beginning.length));
    const checkpoint = names.includes(checkpointFile)
      ? await this.bucket.get(`${this.beginning}${checkpointFile}`)
      : undefined;
    const own = await readWhole(join(this.folder, checkpointFile));
    if (checkpoint !== undefined && stepOf(checkpoint) > stepOf(own)) {
      for (const name of names.filter((one) => fileForm.test(one) && one !== checkpointFile))
        await this.#write(name, await this.bucket.get(`${this.beginning}${name}`));
      await this.#write(checkpointFile, checkpoint);
    }
    this.#isPushing = false;
  }

  async #write(name: string, bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined) return;
    const path = join(this.folder, name);
    await writeWhole(path, bytes);
    const identity = await identityOf(path);
    if (identity !== undefined) this.#pushed.set(name, identity);
  }

  /** Brings the last checkpoint to the bucket, and ends. @throws BucketError */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
    await this.#push();
  }

  async #push(): Promise<void> {
    this.#isPushing = true;
    try {
      const taken = await this.#take();
      if (taken === undefined) return;
      await concurrently(taken.others, PUTS_AT_ONCE, (file) => this.#put(file));
      await this.#put(taken.checkpoint);
      const old = [...this.#pushed.keys()].filter((name) => !taken.names.includes(name));
      await this.bucket.remove(old.map((name) => `${this.beginning}${name}`));
      for (const name of old) this.#pushed.delete(name);
    } finally {
      this.#isPushing = false;
    }
  }

  /**
   * Reads what the bucket lacks, all of one moment: a training goes on meanwhile, and an epoch may be
   * shorter than a request to the bucket. What an attempt has read, the next need not.
   *
   * @returns `undefined` where there is nothing new, or where a new checkpoint interrupted every attempt
   */
  async #take(): Promise<Taken | undefined> {
    const read = new Map<string, FileOfOneMoment>();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const identity = await identityOf(join(this.folder, checkpointFile));
      if (identity === undefined || this.#pushed.get(checkpointFile) === identity) return undefined;
      const names = (await readdir(this.folder)).filter((name) => fileForm.test(name));
      for (const name of names) await this.#readInto(read, name);
      // Had it been written again meanwhile, it could know of files that were not there to be seen.
      if ((await identityOf(join(this.folder, checkpointFile))) !== identity) continue;
      const files = names.flatMap((name) => read.get(name) ?? []);
      const checkpoint = read.get(checkpointFile);
      if (checkpoint?.identity === identity)
        return { names, others: files.filter((file) => file !== checkpoint), checkpoint };
    }
    return undefined;
  }

  async #readInto(read: Map<string, FileOfOneMoment>, name: string): Promise<void> {
    const path = join(this.folder, name);
    const identity = await identityOf(path);
    if (identity === undefined || this.#pushed.get(name) === identity) return;
    if (read.get(name)?.identity === identity) return;
    const bytes = await readWhole(path);
    if (bytes !== undefined) read.set(name, { name, identity, bytes });
  }

  async #put({ name, identity, bytes }: FileOfOneMoment): Promise<void> {
    await this.bucket.put(`${this.beginning}${name}`, bytes);
    this.#pushed.set(name, identity);
  }
}

/** How far a training is by its checkpoint; -1 where there is none, or it is damaged. */
function stepOf(checkpoint: Uint8Array | undefined): number {
  try {
    return checkpoint === undefined ? -1 : readSnapshot(checkpoint).snapshot.step;
  } catch {
    return -1;
  }
}

/** Tells a file from another of its name: each is written once, and renamed. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return [ino, mtimeMs, size].join();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
