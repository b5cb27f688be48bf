import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sharedBy } from './shared-by.js';

/** Test files of one run of vitest have the same parent, and share what was made once. */
const shared = sharedBy(process.ppid);

/**
 * A copy of one's own of a folder that is made once for all test files of a run; whoever calls this removes it.
 *
 * @param name of what is made
 * @param make fills an empty folder
 */
export async function sharedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  await mkdir(shared, { recursive: true });
  const made = join(shared, name);
  if (!(await isThere(made))) {
    const isOurs = await mkdir(`${made}.lock`).then(
      () => true,
      () => false,
    );
    if (isOurs) await makeAt(made, make);
    while (!(await isThere(made))) await wait(200);
  }
  const folder = await mkdtemp(join(tmpdir(), 'antitransfer-studio-'));
  await cp(made, folder, { recursive: true });
  return folder;
}

async function makeAt(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const making = await mkdtemp(join(shared, 'making-'));
  try {
    await make(making);
    await rename(making, folder);
  } catch (error) {
    // Whoever waits tries by himself.
    await rm(`${folder}.lock`, { recursive: true, force: true });
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
