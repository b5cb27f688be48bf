import { rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { namingFile } from '../../files/file-error.js';
import { makeFolder } from '../../files/make-folder.js';
import { type Archive, archivesFor, type FreeCorpus } from './catalogue.js';
import { digestOf } from './checksum.js';
import { download, remoteSize, UnreachableError } from './download.js';
import { compareWithBefore } from './known-digests.js';
import { bytesText, requireSpace } from './space.js';
import { unpack } from './unpack.js';

/** What is to be fetched, and where to. */
export interface FetchChoice {
  /** Where the corpus will be; left out: a folder of its name in the working directory. */
  readonly folder?: string;
  /** Left out: the usual ones. */
  readonly parts?: readonly string[];
  /** Another address of the one archive that is fetched. */
  readonly url?: string;
}

/** An archive that is to be fetched. */
interface PlannedArchive extends Archive {
  /** Where it is kept until it is unpacked. */
  readonly path: string;
  /** In bytes; undefined when nobody says it. */
  readonly size: number | undefined;
  /** Whether it is there, put in place by hand or left by a fetch that was stopped: nothing is downloaded. */
  readonly downloaded: boolean;
}

/** What fetching a corpus takes. */
export interface FetchPlan {
  readonly corpus: string;
  readonly folder: string;
  readonly archives: readonly PlannedArchive[];
  /** Parts that are there already. */
  readonly there: readonly string[];
  /** All that is to be downloaded, in bytes; undefined when nobody says the size of one archive. */
  readonly bytes: number | undefined;
}

/** What fetching does at the moment. */
export type FetchStep = 'fetching' | 'checking' | 'unpacking';

/** How fetching is followed and stopped. */
export interface FetchOptions {
  /** @param total undefined where nobody says it; both in bytes, or parts of 1 when unpacking */
  readonly onProgress?: (step: FetchStep, part: string, done: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** As of {@link download}. */
  readonly patience?: number;
  /** File that keeps the digests of archives of which nobody tells a checksum, so that another one is noticed. */
  readonly known?: string;
  /** Told when such an archive is another one than that which was fetched before. */
  readonly onNote?: (sentence: string) => void;
}

/**
 * What is to be fetched for a corpus, with the sizes that its server says, and whether the disk has room for it. Nothing is
 * written but the folder that is to hold it.
 *
 * @throws UserError when there is no such part, the server refuses, or the disk has too little room
 */
export async function planFetch(
  corpus: FreeCorpus,
  { folder: given, parts, url }: FetchChoice,
  signal?: AbortSignal,
): Promise<FetchPlan> {
  const chosen = archivesFor(corpus, parts);
  if (url !== undefined && chosen.length > 1) {
    throw new UserError(
      `--url ${url}: it is the address of one archive, and there are ${chosen.length}: ` +
        `${chosen.map(({ part }) => part).join(', ')}. Name one with --part.`,
    );
  }
  const folder = resolve(given ?? chosen[0]?.folder ?? corpus.corpus);
  const unpacked: string[] = [];
  const archives: PlannedArchive[] = [];
  for (const archive of chosen) {
    const address = url ?? archive.url;
    const path = join(downloadFolder(folder), basename(new URL(address).pathname));
    // Of an archive that is still there it is not known whether all of it was unpacked.
    if ((await isThere(join(folder, archive.gives))) && !(await isThere(path))) {
      unpacked.push(archive.part);
      continue;
    }
    const there = await fileSize(path);
    const size = there ?? (await sizeAt(address, path, archive, signal)) ?? archive.bytes ?? archive.about;
    if (archive.bytes !== undefined && size !== archive.bytes) {
      throw new UserError(
        `"${there === undefined ? address : path}" has ${size} bytes, and ${archive.part} of ${corpus.corpus} has ${archive.bytes}: it is another file. ` +
          (there === undefined ? 'Name a mirror with --url.' : 'Remove it, and fetch it again.'),
      );
    }
    archives.push({ ...archive, url: address, path, size, downloaded: there !== undefined });
  }
  const sizes = archives.map(({ size }) => size);
  const recordings = archives.reduce((sum, { size = 0, grows }) => sum + grows * size, 0);
  await namingFile(folder, 'written', () => makeFolder(dirname(folder)));
  await requireSpace(
    dirname(folder),
    recordings + Math.max(0, ...sizes.map((size = 0) => size)),
    corpus.corpus,
  );
  const missing = archives.filter(({ downloaded }) => !downloaded);
  const bytes = missing.some(({ size }) => size === undefined)
    ? undefined
    : missing.reduce((sum, { size = 0 }) => sum + size, 0);
  return { corpus: corpus.corpus, folder, archives, there: unpacked, bytes };
}

/**
 * Fetches, checks and unpacks what was planned. Stopped at any point, the same plan goes on from there: what was downloaded
 * is kept in `FOLDER.download` until it is unpacked.
 *
 * @throws UserError when a checksum is wrong, or a server or the disk refuses; the signal's reason when it aborts
 */
export async function fetchPlanned(
  { corpus, folder, archives }: FetchPlan,
  options: FetchOptions = {},
): Promise<void> {
  for (const archive of archives) {
    const { part, url, path } = archive;
    await namingFile(path, 'written', () => makeFolder(dirname(path)));
    if (!(await isThere(path))) {
      await download(url, path, {
        ...options,
        onProgress: (done, total) => options.onProgress?.('fetching', part, done, total ?? archive.size),
      });
    }
    await check(corpus, archive, options);
    await unpack(path, folder, archive, {
      ...options,
      onProgress: (share) => options.onProgress?.('unpacking', part, share, 1),
    });
    if (!(await isThere(join(folder, archive.gives)))) {
      throw new UserError(
        `"${url}" is unpacked, and there is no "${archive.gives}" in "${folder}": it is another archive than that of ${part}. ` +
          `Remove "${path}" and name the right one with --url.`,
      );
    }
    await rm(path);
  }
  // Parts of an archive that another call began may be left in it.
  await rmdir(downloadFolder(folder)).catch(() => undefined);
}

/** @throws UserError when the archive is not what its checksum says; it is removed then */
async function check(
  corpus: string,
  { part, url, path, checksum }: PlannedArchive,
  options: FetchOptions,
): Promise<void> {
  const { known, onProgress, onNote, signal } = options;
  if (checksum === undefined && known === undefined) return;
  const algorithm = checksum?.algorithm ?? 'sha256';
  const total = (await stat(path)).size;
  const digest = await digestOf(path, algorithm, {
    onProgress: (read) => onProgress?.('checking', part, read, total),
    ...(signal && { signal }),
  });
  if (checksum === undefined) {
    const note =
      known === undefined ? undefined : await compareWithBefore(known, `${corpus} ${part}`, digest);
    if (note !== undefined) onNote?.(note);
    return;
  }
  if (digest === checksum.digest) return;
  await rm(path);
  throw new UserError(
    `What came from "${url}" is not ${part}: its ${algorithm} is ${digest}, and should be ${checksum.digest}. It was ` +
      'removed. Fetch it again, or from a mirror with --url.',
  );
}

/**
 * The size of an archive on its server.
 *
 * @throws UserError that says how to do without the server, when it cannot be reached
 */
async function sizeAt(
  address: string,
  path: string,
  { bytes, about }: Archive,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    return await remoteSize(address, signal);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const known = bytes ?? about;
    const size = known === undefined ? 'its size is not known here' : bytesText(known);
    throw new UserError(
      `${error.message} Look at the network, or name a mirror, or a server of yours, with --url. Or fetch the archive (${size}) ` +
        `elsewhere and put it at "${path}": the same command then goes on with it. What is unpacked already is given as data.path ` +
        '(--data).',
      { cause: error },
    );
  }
}

async function fileSize(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

function downloadFolder(folder: string): string {
  return `${folder}.download`;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
