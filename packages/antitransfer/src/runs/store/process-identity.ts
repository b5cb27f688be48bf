import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { shortDigest } from '../../files/digest.js';

/** What tells a process from every other, also from one that is given its number later. */
export const processIdentity = z.strictObject({
  /** For people. */
  host: z.string(),
  /** Processes of equal values see each other by their numbers: machine, start of the system, and container. */
  machine: z.string(),
  pid: z.int().nonnegative(),
  /** When it started, as the system counts; null where the system does not tell. */
  started: z.string().nullable(),
});

export type ProcessIdentity = z.infer<typeof processIdentity>;

export async function thisProcess(): Promise<ProcessIdentity> {
  // Two containers may have one host name, and a system that was started again gives numbers anew.
  const [boot, container, found] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    look(process.pid),
  ]);
  const machine = shortDigest(JSON.stringify([hostname(), boot.trim(), container]));
  return { host: hostname(), machine, pid: process.pid, started: found?.started ?? null };
}

/** Whether a process is there; `unknown` when it is another machine's, or may be another with the same number. */
export async function isRunning({ machine, pid, started }: ProcessIdentity): Promise<boolean | 'unknown'> {
  if (machine !== (await thisProcess()).machine) return 'unknown';
  if (!hasNumber(pid)) return false;
  const found = await look(pid);
  if (found === undefined || started === null) return 'unknown';
  // In a container nobody may collect the dead: they keep their number and do nothing more.
  return found.started === started && found.state !== 'Z' && found.state !== 'X';
}

function hasNumber(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** What Linux says of a process; `undefined` on other systems. */
async function look(pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name in brackets may hold anything, so that fields are counted behind it: state is the 3rd, start the 22nd.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}
