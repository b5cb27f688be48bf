import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { isAbsent, namingFile } from './file-error.js';

/**
 * All bytes of a file; `undefined` when there is no such file. Every file that a user names is read by this function.
 *
 * @throws UserError when it is no file but a pipe, socket or device: those are waited for, or read, without end.
 * @throws FileError when it is there and cannot be read.
 */
export async function readWhole(path: string): Promise<Buffer | undefined> {
  return namingFile(path, 'read', async () => {
    try {
      const status = await stat(path);
      if (!status.isFile() && !status.isDirectory()) {
        throw new UserError(`"${path}" cannot be read: it is a pipe, a socket or a device. Name a file.`);
      }
      return await readFile(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  });
}
