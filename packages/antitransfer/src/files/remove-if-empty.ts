import { rmdir } from 'node:fs/promises';
import { isSystemError } from './file-error.js';

/** Removes a folder that has nothing in it; any other one stays, and none is no error. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    const stays = isSystemError(error) && ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '');
    if (!stays) throw error;
  });
}
