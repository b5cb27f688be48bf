import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** At the end of a file: SHA-256 of its key and of all bytes before, so that what was damaged or misplaced is known. */
const digestBytes = 32;

/** The end of a draft's name. */
const draftForm = /\.[0-9a-f-]{36}\.draft$/;

/** A draft this old, in milliseconds, was left by a process that died, on whatever machine. */
const draftAge = 3_600_000;

/** Where a process writes what will be at a path: another path each time. */
export function draftOf(path: string): string {
  return `${path}.${randomUUID()}.draft`;
}

/** Seals a draft with its digest, hands it to the disk, and renames it: its path never holds a part of it. */
export async function putInPlace(draft: string, path: string, key: string): Promise<void> {
  const file = await open(draft, 'r+');
  try {
    // Reading has led to the end of the file.
    await file.appendFile(digestOf(key, await file.readFile()));
    // Without it a power cut could leave the new name with no content behind it.
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** What was sealed under a key; `undefined` when it is absent, cannot be read, or is not what was written. */
export async function readSealed(path: string, key: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || bytes.byteLength < digestBytes) return undefined;
  const content = bytes.subarray(0, -digestBytes);
  return digestOf(key, content).equals(bytes.subarray(-digestBytes)) ? content : undefined;
}

/** Removes a draft, if it can be removed: a folder that lets nobody write may hold on to it. */
export async function removeDraft(draft: string): Promise<void> {
  await rm(draft, { force: true }).catch(() => undefined);
}

/** Removes drafts of a folder that processes left which died while they wrote. Those under way stay. */
export async function removeOldDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!draftForm.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > draftAge) await removeDraft(path);
  }
}

function digestOf(key: string, content: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(content).digest();
}
