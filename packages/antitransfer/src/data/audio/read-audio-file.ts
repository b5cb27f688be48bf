import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../../errors.js';
import { AudioError } from './audio-error.js';
import { unspeakableName } from './missing-file.js';

/**
 * All bytes of a recording's file.
 *
 * @throws AudioError when it is missing, no file, or cannot be read
 */
export async function readAudioFile(path: string): Promise<Uint8Array> {
  try {
    // A pipe would be waited for, and a device read, without end.
    const status = await stat(path);
    if (!status.isFile() && !status.isDirectory()) {
      throw new AudioError(path, 'unreadable', 'it is no file but a pipe, socket or device. Name a file.');
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof AudioError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const unspeakable = await unspeakableName(path);
      if (unspeakable !== undefined) throw new AudioError(path, 'unreadable', unspeakable, { cause: error });
      throw new AudioError(path, 'missing', 'there is no such file. Check the path.', { cause: error });
    }
    if (code === 'ERR_FS_FILE_TOO_LARGE') {
      throw new AudioError(path, 'too long', 'it has more than 2 GiB. Cut it into shorter recordings.', {
        cause: error,
      });
    }
    throw new AudioError(path, 'unreadable', `${messageOf(error)}.`, { cause: error });
  }
}
