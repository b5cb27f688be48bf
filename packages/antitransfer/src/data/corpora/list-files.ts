import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { codeUnitOrder } from '../../numbers/order.js';

/** What file names of audio end with, in lower case. */
const AUDIO_EXTENSIONS = ['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus'];

/** Whether a name ends like that of an audio file. Hidden files (`.x`, `._x`) are none. */
export function isAudioName(name: string): boolean {
  const file = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return !file.startsWith('.') && AUDIO_EXTENSIONS.some((extension) => file.endsWith(extension));
}

/** Paths of all files below a folder, relative to it, with `/` between the parts, sorted by code units. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort(codeUnitOrder);
}

/** What a path leads to. */
export async function kindOfPath(path: string): Promise<'folder' | 'file' | 'nothing'> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return 'nothing';
  return status.isDirectory() ? 'folder' : 'file';
}
