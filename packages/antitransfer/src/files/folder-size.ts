import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, namingFile } from './file-error.js';

/** What a file or folder takes: 0 when there is none. */
export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Adds up the files below a folder. What other processes remove meanwhile is not counted.
 *
 * @throws FileError when a folder cannot be read
 */
export async function folderSize(path: string): Promise<FolderSize> {
  return namingFile(path, 'read', async () => {
    const found = await stat(path).catch(undefinedIfAbsent);
    if (found === undefined) return { files: 0, bytes: 0 };
    if (!found.isDirectory()) return { files: 1, bytes: found.size };
    const entries =
      (await readdir(path, { recursive: true, withFileTypes: true }).catch(undefinedIfAbsent)) ?? [];
    let [files, bytes] = [0, 0];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = await stat(join(entry.parentPath, entry.name)).catch(undefinedIfAbsent);
      if (file === undefined) continue;
      files++;
      bytes += file.size;
    }
    return { files, bytes };
  });
}

/** Names in a folder, sorted; none when it does not exist. @throws FileError when it cannot be read */
export async function namesIn(path: string): Promise<string[]> {
  return namingFile(path, 'read', async () => ((await readdir(path).catch(undefinedIfAbsent)) ?? []).sort());
}

function undefinedIfAbsent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}
