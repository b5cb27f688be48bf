import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../../errors.js';
import type { Holder } from '../claim.js';
import { type HeldClaim, isTaken } from '../held-claim.js';
import { isRunning, processIdentity, thisProcess } from '../process-identity.js';
import type { ListedObject, S3Bucket } from './bucket.js';

/** How often a process says that it is alive, and when others take it for dead, in milliseconds. */
export interface ClaimTiming {
  readonly heartbeat: number;
  readonly stale: number;
  /** Somebody else's claim is looked at again after this. */
  readonly poll: number;
}

/** A step of a large network blocks the thread of its process for some seconds; a network may be lost for a minute. */
export const claimTiming: ClaimTiming = { heartbeat: 10_000, stale: 120_000, poll: 2000 };

/** So often a process that wants the same at the same moment is waited for to withdraw. */
const PATIENCE = 5;
const PATIENCE_MS = 200;

const claimObject = z.strictObject({
  version: z.literal(1),
  process: processIdentity,
  /** ISO 8601. */
  since: z.string(),
  /** False of one that wants it, and has not yet seen whether it is the only one. */
  isHeld: z.boolean(),
});

type Content = z.infer<typeof claimObject>;

/**
 * One process at a time, by objects in a bucket, without conditional writes. Whoever wants a claim writes an object of its own
 * below the claim's name, then lists: it holds the claim when its object is the only one of a process that lives. Of two that
 * write at the same time the second to list finds the first, so that never both hold it. Where both find each other, the
 * later name withdraws.
 *
 * The object is written again every ten seconds, as a sign of life. Whether one is too old is told by the times that the
 * server gave it and the newest of the list: no clock of this machine is asked. Whoever takes another process for dead
 * removes its object; a process that finds its own gone has lost the claim. Should two be at the same work all the same, both come
 * to the same result: it is only done twice.
 */
export class BucketClaim implements HeldClaim {
  readonly #lost = new AbortController();
  readonly lost: AbortSignal = this.#lost.signal;
  readonly #heart: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();

  private constructor(
    readonly bucket: S3Bucket,
    readonly name: string,
    readonly key: string,
    readonly content: Content,
    timing: ClaimTiming,
  ) {
    this.#heart = setInterval(() => {
      // A sign that fails is no reason to stop: the next one may succeed, and results are written whole anyway.
      this.#beating = this.#beating.then(() => this.#beat()).catch(() => undefined);
    }, timing.heartbeat).unref();
  }

  /** Takes it, or says who has it. @throws BucketError when the bucket cannot be written to */
  static async take(bucket: S3Bucket, name: string, timing = claimTiming): Promise<BucketClaim | Holder> {
    const key = `${name}/${randomUUID()}`;
    const content: Content = {
      version: 1,
      process: await thisProcess(),
      since: new Date().toISOString(),
      isHeld: false,
    };
    await write(bucket, key, content);
    try {
      for (let patience = PATIENCE; ; patience--) {
        const others = await livingOthers(bucket, name, key, timing);
        if (others === undefined) {
          // It was taken for a dead process's, after a sleep: it begins anew.
          await write(bucket, key, content);
          continue;
        }
        const [first] = others;
        if (first === undefined) {
          const held = { ...content, isHeld: true };
          await write(bucket, key, held);
          return new BucketClaim(bucket, name, key, held, timing);
        }
        const holder = others.find((other) => other.content.isHeld) ?? first;
        if (holder.content.isHeld || holder.key < key || patience <= 0) {
          await bucket.remove([key]);
          return holderOf(holder.content);
        }
        await wait(PATIENCE_MS);
      }
    } catch (error) {
      await bucket.remove([key]).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Takes it as soon as nobody has it.
   *
   * @throws the signal's reason when it aborts
   */
  static async await(
    bucket: S3Bucket,
    name: string,
    signal: AbortSignal,
    timing = claimTiming,
  ): Promise<BucketClaim> {
    for (;;) {
      signal.throwIfAborted();
      const taken = await BucketClaim.take(bucket, name, timing);
      if (isTaken(taken)) return taken;
      // It rejects with an error of its own; the signal's is thrown above.
      await wait(timing.poll, undefined, { signal }).catch(() => undefined);
    }
  }

  async #beat(): Promise<void> {
    const listed = await listOf(this.bucket, this.name);
    const others = await contentsOf(
      this.bucket,
      listed.filter(({ key }) => key !== this.key),
    );
    const isSucceeded = others.some(({ content }) => content.isHeld && content.since > this.content.since);
    if (listed.some(({ key }) => key === this.key) && !isSucceeded)
      return write(this.bucket, this.key, this.content);
    clearInterval(this.#heart);
    this.#lost.abort(
      new UserError(
        'another process took this one for dead, after a sleep or a lost network perhaps, and goes on in its place. ' +
          'Run the same command again: it waits for the other.',
      ),
    );
  }

  async release(): Promise<void> {
    clearInterval(this.#heart);
    await this.#beating;
    await this.bucket.remove([this.key]);
  }
}

/** Who holds a claim and is alive, by this machine's clock where the server's is not told; `undefined` when nobody does. */
export async function readBucketHolder(
  bucket: S3Bucket,
  name: string,
  { stale } = claimTiming,
  now = Date.now(),
): Promise<Holder | undefined> {
  const recent = (await listOf(bucket, name)).filter(({ modified }) => now - modified <= stale);
  for (const { content } of await contentsOf(bucket, recent)) {
    if (content.isHeld && (await isRunning(content.process)) !== false) return holderOf(content);
  }
  return undefined;
}

/** What the server's clock says: by a thing that is written for it. */
export async function serverTime(bucket: S3Bucket): Promise<number> {
  const key = `clock/${randomUUID()}`;
  await bucket.put(key, new Uint8Array());
  try {
    for await (const { modified } of bucket.list(key)) return modified;
  } finally {
    await bucket.remove([key]);
  }
  throw new UserError(`"${bucket.url()}" does not list what was written just now: it cannot hold a store.`);
}

interface Found extends ListedObject {
  readonly content: Content;
}

/**
 * Objects of other processes that live, in the order of their names; those of the dead are removed.
 *
 * @returns `undefined` when the own object is gone
 */
async function livingOthers(
  bucket: S3Bucket,
  name: string,
  own: string,
  { stale }: ClaimTiming,
): Promise<Found[] | undefined> {
  const listed = await listOf(bucket, name);
  const now = listed.find(({ key }) => key === own)?.modified;
  if (now === undefined) return undefined;
  const living: Found[] = [];
  const dead: string[] = [];
  for (const found of await contentsOf(
    bucket,
    listed.filter(({ key }) => key !== own),
  )) {
    const isDead = now - found.modified > stale || (await isRunning(found.content.process)) === false;
    if (isDead) dead.push(found.key);
    else living.push(found);
  }
  if (dead.length > 0) await bucket.remove(dead);
  return living;
}

async function listOf(bucket: S3Bucket, name: string): Promise<ListedObject[]> {
  const listed: ListedObject[] = [];
  for await (const found of bucket.list(`${name}/`)) listed.push(found);
  return listed;
}

/** What objects of a list say. One that was removed meanwhile is left out; one that says nothing is somebody's who holds it. */
async function contentsOf(bucket: S3Bucket, listed: readonly ListedObject[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const object of listed) {
    const bytes = await bucket.get(object.key);
    if (bytes !== undefined) found.push({ ...object, content: parse(bytes) });
  }
  return found;
}

function parse(bytes: Buffer): Content {
  try {
    const parsed = claimObject.safeParse(JSON.parse(bytes.toString()));
    if (parsed.success) return parsed.data;
  } catch {
    // As what another version wrote: it is only known to be there.
  }
  const process = { host: '?', machine: '?', pid: 0, started: null };
  return { version: 1, process, since: '?', isHeld: true };
}

function write(bucket: S3Bucket, key: string, content: Content): Promise<void> {
  return bucket.put(key, Buffer.from(JSON.stringify(content)));
}

function holderOf({ process: { host, pid }, since }: Content): Holder {
  return { host, pid, since };
}
