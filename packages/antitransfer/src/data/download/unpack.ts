import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf, messageOf, UserError } from '../../errors.js';
import { namingFile } from '../../files/file-error.js';
import type { Archive } from './catalogue.js';
import { crc32 } from './checksum.js';

/** How unpacking is followed and stopped. */
interface UnpackOptions {
  /** @param share of the archive that is unpacked, in [0, 1] */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks an archive: folders and files of it, nothing outside of the folder, no links.
 *
 * @param folder where to; made where it does not exist
 * @throws UserError when the archive is damaged; FileError when the disk is full; the signal's reason when it aborts
 */
export async function unpack(
  path: string,
  folder: string,
  { format, strip }: Pick<Archive, 'format' | 'strip'>,
  options: UnpackOptions = {},
): Promise<void> {
  await namingFile(folder, 'written', () => mkdir(folder, { recursive: true }));
  const unpackIt = format === 'zip' ? unpackZip : unpackTar;
  try {
    await unpackIt(path, folder, strip, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    // Errors of the system are about what is written; zlib's own codes begin with a Z.
    if (/^E[A-Z]/.test(codeOf(error) ?? '')) {
      await namingFile(folder, 'written', () => Promise.reject(error));
    }
    throw new UserError(
      `"${path}" is damaged: ${messageOf(error)}. Remove it and run the same command again, which fetches it anew.`,
      { cause: error },
    );
  }
}

async function unpackTar(
  path: string,
  folder: string,
  strip: number,
  { onProgress, signal }: UnpackOptions,
): Promise<void> {
  const { extract } = await import('tar');
  const { size } = await namingFile(path, 'read', async () => {
    const file = await open(path);
    try {
      return await file.stat();
    } finally {
      await file.close();
    }
  });
  const from = createReadStream(path, { highWaterMark: 2 ** 20 });
  from.on('data', () => onProgress?.(size === 0 ? 1 : from.bytesRead / size));
  const kinds: readonly string[] = ['File', 'OldFile', 'ContiguousFile', 'Directory'];
  const into = extract({
    cwd: folder,
    strip,
    strict: true,
    filter: (_, entry) => 'type' in entry && kinds.includes(entry.type),
  });
  await pipeline(from, into, { ...(signal && { signal }) });
}

async function unpackZip(
  path: string,
  folder: string,
  strip: number,
  { onProgress, signal }: UnpackOptions,
): Promise<void> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(path);
  try {
    let done = 0;
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const name = entry.fileName.split('/').slice(strip).join(sep);
      done++;
      onProgress?.(done / zip.entryCount);
      // Links are files with a path in them here; none of these corpora has any.
      if (name === '' || entry.fileName.endsWith('/')) continue;
      const target = join(folder, name);
      await mkdir(dirname(target), { recursive: true });
      const file = await open(target, 'w');
      let crc = 0;
      const summed = async function* (source: AsyncIterable<Uint8Array>) {
        for await (const chunk of source) {
          crc = crc32(chunk, crc);
          yield chunk;
        }
      };
      const into = file.createWriteStream();
      await pipeline(await zip.openReadStreamPromise(entry), summed, into, { ...(signal && { signal }) });
      if (crc !== entry.crc32) throw new Error(`"${entry.fileName}" is not what was packed`);
    }
  } finally {
    zip.close();
  }
}
