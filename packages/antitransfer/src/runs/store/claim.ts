import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { isAbsent, namingFile } from '../../files/file-error.js';

/** A process says that it is alive this often. */
const HEARTBEAT_MS = 2000;

/** A claim of another machine that was not heard of for so long was left by a process that died. */
const STALE_MS = 30_000;

/** The same on this machine, where one sees the process: another may have its number since. */
const STALE_HERE_MS = 300_000;

/** Somebody else's claim is looked at again after this. */
const POLL_MS = 500;

const holderSchema = z.object({ host: z.string(), pid: z.int(), since: z.string() });

/** Who holds a claim. */
export type Holder = z.infer<typeof holderSchema>;

/**
 * One process at a time: a file that says who is at something, touched every two seconds as a sign of life. On the same
 * machine a claim ends with its process, on another half a minute after its last sign.
 */
export class Claim {
  readonly #heart: NodeJS.Timeout;

  private constructor(readonly path: string) {
    const beat = () => {
      const now = new Date();
      // A heartbeat that fails is no reason to stop: the next one may succeed, and the result is written whole anyway.
      utimes(path, now, now).catch(() => undefined);
    };
    this.#heart = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /** Takes it, or says who has it. @throws FileError when the folder cannot be written to. */
  static async take(path: string): Promise<Claim | Holder> {
    for (;;) {
      if (await create(path)) return new Claim(path);
      const holder = await readHolder(path);
      if (holder !== undefined) return holder;
      // What is there was left by a process that died.
      if (await create(`${path}.takeover`)) {
        if ((await readHolder(path)) === undefined) await rm(path, { force: true });
        await rm(`${path}.takeover`, { force: true });
      } else if (await isStale(`${path}.takeover`)) {
        await rm(`${path}.takeover`, { force: true });
      }
    }
  }

  /**
   * Takes it as soon as nobody has it.
   *
   * @param onWait told who has it, once
   * @throws the signal's reason when it aborts
   */
  static async await(path: string, signal: AbortSignal, onWait: (holder: Holder) => void): Promise<Claim> {
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      const taken = await Claim.take(path);
      if (taken instanceof Claim) return taken;
      if (!told) onWait(taken);
      told = true;
      await wait(POLL_MS, undefined, { signal });
    }
  }

  /** Gives it up. */
  async release(): Promise<void> {
    clearInterval(this.#heart);
    await rm(this.path, { force: true });
  }
}

/** Who holds a claim and is alive; `undefined` when nobody does. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const holder = parseHolder(text);
  // Its process is between making the file and writing to it, or died there.
  if (holder === undefined) return (await isStale(path)) ? undefined : { host: '?', pid: 0, since: '?' };
  const isHere = holder.host === hostname();
  if (isHere && !(await isAlive(holder.pid))) return undefined;
  return (await isStale(path, isHere ? STALE_HERE_MS : STALE_MS)) ? undefined : holder;
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function create(path: string): Promise<boolean> {
  return namingFile(path, 'written', async () => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file === undefined) return false;
    try {
      const holder: Holder = { host: hostname(), pid: process.pid, since: new Date().toISOString() };
      await file.writeFile(JSON.stringify(holder));
    } finally {
      await file.close();
    }
    return true;
  });
}

async function isStale(path: string, after = STALE_MS): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs > after;
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // In a container nobody may collect the dead: they keep their number and do nothing more.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(status);
}
