import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { isAbsent, namingFile } from './file-error.js';
import { readWhole } from './read-whole.js';

const chunkBytes = 2 ** 20;

/** What a file held when it was written: kept elsewhere, it tells whether the file still holds it. */
export const fileRecord = z.object({
  /** Its size. */
  bytes: z.int().nonnegative(),
  /** In hexadecimal digits. */
  sha256: z.string(),
});

export type FileRecord = z.infer<typeof fileRecord>;

/** SHA-256 of the parts one after another, in hexadecimal digits. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** 128 bits of SHA-256, in hexadecimal digits: no two contents will ever share them by accident. */
export function shortDigest(...parts: readonly (string | Uint8Array)[]): string {
  return sha256(...parts).slice(0, 32);
}

/** The record of a file with this content. */
export function recordOf(content: Uint8Array): FileRecord {
  return { bytes: content.byteLength, sha256: sha256(content) };
}

/** Whether a file is there and holds what its record says. @throws FileError when it cannot be read. */
export async function isIntact(path: string, record: FileRecord): Promise<boolean> {
  return namingFile(path, 'read', async () => {
    const file = await open(path).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (file === undefined) return false;
    try {
      if ((await file.stat()).size !== record.bytes) return false;
      const hash = createHash('sha256');
      const chunk = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length);
        if (bytesRead === 0) return hash.digest('hex') === record.sha256;
        hash.update(chunk.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  });
}

/**
 * All bytes of a file that still holds what its record says; `undefined` when it is absent or holds anything else.
 *
 * @throws FileError when it cannot be read.
 */
export async function readIntact(path: string, record: FileRecord): Promise<Uint8Array | undefined> {
  const bytes = await readWhole(path);
  return bytes?.byteLength === record.bytes && sha256(bytes) === record.sha256 ? bytes : undefined;
}
