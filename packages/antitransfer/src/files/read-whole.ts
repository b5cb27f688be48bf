import { readFile } from 'node:fs/promises';
import { isAbsent, namingFile } from './file-error.js';

/**
 * All bytes of a file; `undefined` when there is no such file.
 *
 * @throws FileError when it is there and cannot be read.
 */
export async function readWhole(path: string): Promise<Buffer | undefined> {
  return namingFile(path, 'read', () =>
    readFile(path).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    }),
  );
}
