import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent } from './file-error.js';

/**
 * Makes a folder, and those above it that do not exist; nothing is done where it is there. Node's own way (`recursive`)
 * never comes to an end where the system says of a folder to be made that it does not exist, as it does below `/proc`.
 *
 * @throws the error of the system when it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have made it just now.
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (!isAbsent(error) || above === path) throw error;
    // Whoever makes the one above at the same time may be done by now, so it is tried once more, and no more.
    if (!(await isFolder(above))) await makeFolder(above);
    await makeIn(path);
  }
}

/** In a folder that is there. */
async function makeIn(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
