import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, UserError } from '../../errors.js';
import { codeUnitOrder } from '../../numbers/order.js';
import { audioEndings } from '../audio/containers/registry.js';
import { unspeakableName } from '../audio/missing-file.js';

/** Whether a name ends like that of an audio file. Hidden files (`.x`, `._x`) are none. */
export function isAudioName(name: string): boolean {
  return !isHidden(name) && audioEndings.has(endingOf(name));
}

/** Whether a file or a folder above it has a name that begins with a point. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.'));
}

/** What a name ends with, from its last point on, in lower case; empty when there is none. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const point = name.lastIndexOf('.');
  return point <= 0 ? '' : name.slice(point).toLowerCase();
}

/**
 * Paths of all files below a folder, relative to it, with `/` between the parts, sorted by code units. Links to folders
 * are followed, but not back into a folder that they lie in; a link to nothing counts as a file, so that it is missed.
 *
 * @param onOther told of each path to what is neither file nor folder: pipes, sockets and devices, which are not read
 */
export async function listFiles(folder: string, onOther?: (path: string) => void): Promise<string[]> {
  const files: string[] = [];
  const others: string[] = [];
  await addFiles(folder, '', [await realpath(folder)], { files, others });
  for (const path of others.sort(codeUnitOrder)) onOther?.(path);
  return files.sort(codeUnitOrder);
}

/** What lies below a folder. */
interface Found {
  readonly files: string[];
  readonly others: string[];
}

/** @param above real paths of the folders on the way down */
async function addFiles(
  folder: string,
  prefix: string,
  above: readonly string[],
  found: Found,
): Promise<void> {
  for (const entry of await readEntries(folder, prefix)) {
    const path = prefix + entry.name;
    // A link to nothing has no target.
    const target = entry.isSymbolicLink() ? await stat(join(folder, path)).catch(() => undefined) : entry;
    if (target?.isDirectory() !== true) {
      if (target === undefined || target.isFile()) found.files.push(path);
      else found.others.push(path);
      continue;
    }
    const real = await realpath(join(folder, path)).catch(() => undefined);
    if (real === undefined || !above.includes(real))
      await addFiles(folder, `${path}/`, real === undefined ? above : [...above, real], found);
  }
}

/** @throws UserError when the folder's own name is not UTF-8, so that no path leads to it */
async function readEntries(folder: string, prefix: string): Promise<Dirent[]> {
  try {
    return await readdir(join(folder, prefix), { withFileTypes: true });
  } catch (error) {
    const path = join(folder, prefix.replace(/\/$/, ''));
    const unspeakable = codeOf(error) === 'ENOENT' ? await unspeakableName(path) : undefined;
    if (unspeakable === undefined) throw error;
    throw new UserError(`"${path}" cannot be listed: ${unspeakable}`, { cause: error });
  }
}

/** What a path leads to. */
export async function kindOfPath(path: string): Promise<'folder' | 'file' | 'nothing'> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return 'nothing';
  return status.isDirectory() ? 'folder' : 'file';
}
