import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, namingFile } from '../../../files/file-error.js';
import { concurrently } from './concurrently.js';
import { DamagedPackError, discardPack, type PackHeader, packSuffix, readPackHeader } from './pack.js';

/** Headers being read at the same time. */
const headersAtOnce = 8;

/**
 * Paths of the packs in a folder, in the order of their names; none when it does not exist.
 *
 * @throws FileError when it cannot be read
 */
export async function packPaths(folder: string): Promise<string[]> {
  const names = await namingFile(folder, 'read', () =>
    readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    }),
  );
  return names
    .filter((name) => name.endsWith(packSuffix))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Calls back with the header of each pack in a folder, in the order of their names. Damaged packs are removed: their
 * clips are computed anew.
 *
 * @throws FileError when a pack cannot be read
 */
export async function eachPack(
  folder: string,
  rowLength: number,
  visit: (path: string, header: PackHeader) => void,
): Promise<void> {
  const paths = await packPaths(folder);
  for (let first = 0; first < paths.length; first += headersAtOnce) {
    const some = paths.slice(first, first + headersAtOnce);
    const headers = new Map<string, PackHeader>();
    await concurrently(some, headersAtOnce, async (path) => {
      const header = await soundHeader(path, rowLength);
      if (header !== undefined) headers.set(path, header);
    });
    // In order, so that a row that two processes wrote is always the same one's.
    for (const path of some) {
      const header = headers.get(path);
      if (header !== undefined) visit(path, header);
    }
  }
}

/** Undefined when the pack is damaged, or another process removed it meanwhile. */
async function soundHeader(path: string, rowLength: number): Promise<PackHeader | undefined> {
  return namingFile(path, 'read', async () => {
    const file = await open(path).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    try {
      return file && (await readPackHeader(file, path, rowLength));
    } catch (error) {
      if (!(error instanceof DamagedPackError && file)) throw error;
      await discardPack(file, path);
      return undefined;
    } finally {
      await file?.close();
    }
  });
}
