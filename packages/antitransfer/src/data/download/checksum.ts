import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { namingFile } from '../../files/file-error.js';

/** What a whole file is known by. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256';
  /** In hexadecimal digits. */
  readonly digest: string;
}

/**
 * The digest of a file, in hexadecimal digits.
 *
 * @param onProgress told the bytes that were read so far
 * @throws FileError when it cannot be read; the signal's reason when it aborts
 */
export async function digestOf(
  path: string,
  algorithm: Checksum['algorithm'],
  { onProgress, signal }: { onProgress?: (bytes: number) => void; signal?: AbortSignal } = {},
): Promise<string> {
  const hash = createHash(algorithm);
  let read = 0;
  await namingFile(path, 'read', async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      hash.update(chunk);
      read += chunk.length;
      onProgress?.(read);
    }
  });
  return hash.digest('hex');
}
