import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namingFile } from './file-error.js';
import { makeFolder } from './make-folder.js';

/** The end of a draft's name. */
const draftForm = /\.[0-9a-f-]{36}\.draft$/;

/**
 * A draft this old, in milliseconds, was left by a process that died. Its name or number would tell less: containers
 * share both.
 */
const draftAge = 3_600_000;

/** Where a process writes what will be at a path: another path each time. */
export function draftOf(path: string): string {
  return `${path}.${randomUUID()}.draft`;
}

/**
 * Writes a file so that, whenever a process is killed or a disk is full, its path holds all of what was there before or
 * all of the new content: a draft beside it is written, handed to the disk, and renamed. Several processes may write the
 * same path; one of them is last. The folder is made when it does not exist.
 *
 * Everything that is stored, and read again by a later run, is written by this function.
 *
 * @param content text, bytes, or bytes in parts, which may be made while they are written
 * @throws FileError when it cannot be written; the draft is gone then.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>,
): Promise<void> {
  const draft = draftOf(path);
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  await namingFile(path, 'written', async () => {
    await makeFolder(dirname(path));
    try {
      const file = await open(draft, 'wx');
      try {
        for await (const part of parts) await file.writeFile(part);
        // Without it a power cut could leave the new name with old or no content behind it.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
  await syncFolder(dirname(path));
}

/** Removes drafts of a folder that processes left which died while they wrote. Those under way stay. */
export async function removeOldDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => draftForm.test(one))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs <= draftAge) continue;
    // Where it cannot be removed it is in nobody's way: it stays for next time.
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Hands the renaming to the disk. Not every system can: then the file is whole all the same, only perhaps the old one. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
