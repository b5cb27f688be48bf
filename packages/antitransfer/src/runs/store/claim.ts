import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { shortDigest } from '../../files/digest.js';
import { isAbsent, namingFile } from '../../files/file-error.js';
import { makeFolder } from '../../files/make-folder.js';
import { readWhole } from '../../files/read-whole.js';
import { isRunning, processIdentity, thisProcess } from './process-identity.js';

/** A process says that it is alive this often. */
const HEARTBEAT_MS = 2000;

/** A claim of another machine that was not heard of for so long was left by a process that died. */
const STALE_MS = 30_000;

/** The same on this machine where the system does not tell a process from another that has its number since. */
const STALE_HERE_MS = 300_000;

/** So long somebody who waits must have heard nothing himself: clocks of machines differ, and laptops sleep. */
const WATCHED_MS = 10_000;

/** Somebody else's claim is looked at again after this. */
const POLL_MS = 500;

const claimFile = z.strictObject({
  version: z.literal(1),
  process: processIdentity,
  /** ISO 8601. */
  since: z.string(),
  /** Tells this claim from all others. */
  token: z.uuid(),
});

/** Who holds a claim. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/**
 * One process at a time: a file that says who is at something, touched every two seconds as a sign of life. On the same
 * machine a claim ends with its process, on another half a minute after its last sign.
 *
 * A claim that a dead process left is not replaced but succeeded: by a file whose name ends with the digest of the dead
 * one. Whoever comes last in that chain holds it. A file can be made once, so that a claim has one successor at most,
 * however many wait and however slow they are.
 */
export class Claim {
  readonly #heart: NodeJS.Timeout;
  readonly #lost = new AbortController();

  /** Aborts when another process has taken this one for dead, after a sleep for example: the claim is the other's. */
  readonly lost: AbortSignal = this.#lost.signal;

  private constructor(
    /** Where the chain begins. */
    readonly path: string,
    readonly link: Link,
    readonly file: FileHandle,
  ) {
    const beat = () => {
      const now = new Date();
      // A heartbeat that fails is no reason to stop: the next one may succeed, and results are written whole anyway.
      file.utimes(now, now).catch(() => undefined);
      this.#check().catch(() => undefined);
    };
    this.#heart = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /** Takes it, or says who has it. @throws FileError when the folder cannot be written to. */
  static async take(path: string, watch: Watch = byClock): Promise<Claim | Holder> {
    for (;;) {
      const last = (await chainOf(path)).at(-1);
      if (last !== undefined && (await isHeld(last, watch))) return holderOf(last);
      const made = await create(last === undefined ? path : successor(path, last));
      if (made === undefined) continue;
      // The chain may have ended, and begun anew, since it was looked at.
      if ((await chainOf(path)).at(-1)?.digest === made.link.digest)
        return new Claim(path, made.link, made.file);
      await made.file.close();
      await rm(made.link.path, { force: true });
    }
  }

  /**
   * Takes it as soon as nobody has it.
   *
   * @param onWait told who has it, once
   * @throws the signal's reason when it aborts
   */
  static async await(path: string, signal: AbortSignal, onWait: (holder: Holder) => void): Promise<Claim> {
    const watch = watching();
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      const taken = await Claim.take(path, watch);
      if (taken instanceof Claim) return taken;
      if (!told) onWait(taken);
      told = true;
      // It rejects with an error of its own; the signal's is thrown above.
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Takes it where nobody has it or its process is known to be dead, without listening for signs of life; says who has it
   * otherwise. Whoever gets no answer for long enough is found by {@link Claim.free}.
   */
  static takeNow(path: string): Promise<Claim | Holder> {
    return Claim.take(path, () => false);
  }

  /**
   * Waits until nobody has it, and makes room where a dead process does.
   *
   * @throws the signal's reason when it aborts
   */
  static async free(path: string, signal: AbortSignal): Promise<void> {
    const claim = await Claim.await(path, signal, () => undefined);
    await claim.release();
  }

  async #check(): Promise<void> {
    if ((await chainOf(this.path)).at(-1)?.digest === this.link.digest) return;
    this.#lost.abort(
      new UserError(
        'another process took this one for dead, after a sleep perhaps, and goes on in its place. ' +
          'Run the same command again: it waits for the other.',
      ),
    );
  }

  /** Gives it up. Where it was held dead and succeeded, it is the other's. */
  async release(): Promise<void> {
    clearInterval(this.#heart);
    await this.file.close();
    const left = await claimFiles(this.path);
    const chain = await chainOf(this.path);
    if (chain.at(-1)?.digest !== this.link.digest) return;
    // The beginning first: what is left of a chain without it belongs to nobody.
    for (const path of new Set([...chain.map((link) => link.path), ...left])) await rm(path, { force: true });
  }
}

/** Who holds a claim and is alive; `undefined` when nobody does. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const last = (await chainOf(path)).at(-1);
  return last !== undefined && (await isHeld(last, byClock)) ? holderOf(last) : undefined;
}

/** One claim of a chain. */
interface Link {
  readonly path: string;
  readonly digest: string;
  /** `undefined` when its process is between making the file and writing to it, or died there. */
  readonly content: z.infer<typeof claimFile> | undefined;
}

async function chainOf(path: string): Promise<Link[]> {
  const chain: Link[] = [];
  for (let next = path; ; ) {
    const bytes = await readWhole(next);
    if (bytes === undefined) return chain;
    const link = { path: next, digest: shortDigest(bytes), content: parse(bytes.toString()) };
    chain.push(link);
    next = successor(path, link);
  }
}

function successor(path: string, { digest }: Pick<Link, 'digest'>): string {
  return `${path}.${digest}`;
}

function parse(text: string): Link['content'] {
  try {
    return claimFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function holderOf({ content }: Link): Holder {
  if (content === undefined) return { host: '?', pid: 0, since: '?' };
  const { process: by, since } = content;
  return { host: by.host, pid: by.pid, since };
}

async function isHeld({ path, digest, content }: Link, watch: Watch): Promise<boolean> {
  const running = content === undefined ? 'unknown' : await isRunning(content.process);
  if (running !== 'unknown') return running;
  const isHere = content?.process.machine === (await thisProcess()).machine;
  const beat = await stat(path).catch(() => undefined);
  return beat !== undefined && !watch(digest, beat.mtimeMs, isHere ? STALE_HERE_MS : STALE_MS);
}

/** Whether a claim whose last sign of life is of that time was left by a process that died. */
type Watch = (digest: string, beat: number, limit: number) => boolean;

function byClock(_: string, beat: number, limit: number): boolean {
  return Date.now() - beat > limit;
}

/** By the clock, and nothing was heard while one watched. */
function watching(): Watch {
  const heard = new Map<string, { readonly beat: number; readonly at: number }>();
  return (digest, beat, limit) => {
    const last = heard.get(digest);
    if (last?.beat !== beat) heard.set(digest, { beat, at: performance.now() });
    const watched = last?.beat === beat ? performance.now() - last.at : 0;
    return watched > WATCHED_MS && byClock(digest, beat, limit);
  };
}

/** Makes a claim's file; `undefined` when it is there. */
async function create(path: string): Promise<{ readonly link: Link; readonly file: FileHandle } | undefined> {
  const content: z.infer<typeof claimFile> = {
    version: 1,
    process: await thisProcess(),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
  const text = JSON.stringify(content);
  return namingFile(path, 'written', async () => {
    await makeFolder(dirname(path));
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file === undefined) return undefined;
    try {
      await file.writeFile(text);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return { link: { path, digest: shortDigest(text), content }, file };
  });
}

/** All files of a claim, also of chains that were begun too late. */
async function claimFiles(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(`${basename(path)}.`)).map((name) => join(folder, name));
}
