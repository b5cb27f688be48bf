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

/** Remainders of all bytes by the polynomial of ZIP, its bits reversed. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * CRC-32 as ZIP files have it. Node has one of its own only from 20.15 on.
 *
 * @param before of what comes before these bytes
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (remainders[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
