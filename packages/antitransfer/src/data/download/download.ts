import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../../errors.js';
import { FileError, namingFile } from '../../files/file-error.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';

/** How a download is followed and stopped. */
export interface DownloadOptions {
  /** @param total in bytes; undefined where the server does not say it */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds after the first broken connection until it is tried again; longer after each further one. */
  readonly patience?: number;
}

/** Broken connections one after another, without a byte between them, after which it is given up. */
const ATTEMPTS = 4;

/** What is known of a file that is there in part: from where, and by what the server knows it. */
const origin = z.strictObject({ url: z.string(), validator: z.string().nullable() });

/** Nobody answers at an address, or not to the end. */
export class UnreachableError extends UserError {
  override readonly name = 'UnreachableError';
}

/** The connection broke: what was written so far is right, and the rest may be asked for. */
class BrokenConnectionError extends Error {}

/**
 * The size of a file on a server, in bytes; undefined when the server does not say it.
 *
 * @throws UserError when the server refuses; UnreachableError when it cannot be reached
 */
export async function remoteSize(url: string, signal?: AbortSignal): Promise<number | undefined> {
  const request = { method: 'HEAD', headers: identity, ...(signal && { signal }) };
  const response = await ask(url, request).catch((error: unknown) => giveUp(error, url, ''));
  // Some servers know no HEAD: the download itself then tells.
  if (response.status === 405 || response.status === 501) return undefined;
  if (!response.ok) throw refused(url, response);
  return lengthOf(response);
}

/**
 * Downloads a file. What comes is kept in `PATH.part`: a connection that breaks is taken up again where it broke, a download
 * that was stopped by the next call. Where the server cannot send a part, or has another file by now, it begins anew.
 *
 * @throws UserError when the server refuses; UnreachableError when the connection stays broken; FileError when the disk is full; the signal's
 *   reason when it aborts
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { signal, patience = 1000 } = options;
  const part = `${path}.part`;
  for (let failures = 0; ; ) {
    const before = await sizeOf(part);
    try {
      await continueDownload(url, part, options);
      break;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BrokenConnectionError)) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) giveUp(error, url, ' What came so far is kept: the same command continues.');
      await pause(patience * failures, undefined, signal && { signal });
    }
  }
  await namingFile(path, 'written', () => rename(part, path));
  await rm(originOf(part), { force: true });
}

/** Bytes as they are: a server that packs what it sends would count others than it writes. */
const identity = { 'accept-encoding': 'identity' } as const;

async function continueDownload(
  url: string,
  part: string,
  { onProgress, signal }: DownloadOptions,
): Promise<void> {
  const before = await readJson(originOf(part), origin).catch(absentIfDamaged);
  const there = before?.url === url && before.validator !== null ? await sizeOf(part) : 0;
  const range = there > 0 ? { range: `bytes=${there}-`, 'if-range': before?.validator ?? '' } : {};
  const response = await ask(url, { headers: { ...identity, ...range }, ...(signal && { signal }) });
  if (response.status === 416) {
    // Nothing lies behind what is there: it is whole, or of another file.
    const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
    await response.body?.cancel();
    if (there === total) return;
    await rm(originOf(part), { force: true });
    throw new BrokenConnectionError('the file on the server is another one now');
  }
  if (!response.ok || response.body === null) throw refused(url, response);
  const from = response.status === 206 ? there : 0;
  if (response.status === 206 && !response.headers.get('content-range')?.startsWith(`bytes ${there}-`)) {
    await response.body.cancel();
    await rm(originOf(part), { force: true });
    throw new BrokenConnectionError('the server sent another part than it was asked for');
  }
  const length = lengthOf(response);
  const total = length === undefined ? undefined : from + length;
  await writeJson(originOf(part), { url, validator: validatorOf(response) });
  const file = await namingFile(part, 'written', () => open(part, from === 0 ? 'w' : 'a'));
  const reader = response.body.getReader();
  let done = from;
  try {
    for (;;) {
      // A signal that comes with the last bytes ends no reading by itself.
      signal?.throwIfAborted();
      const { value } = await reader.read();
      if (value === undefined) break;
      await namingFile(part, 'written', () => file.writeFile(value));
      done += value.byteLength;
      onProgress?.(done, total);
    }
  } catch (error) {
    // What is cancelled may take its time; nobody waits for it.
    reader.cancel().catch(() => undefined);
    if (error instanceof FileError) throw error;
    throw new BrokenConnectionError(reasonOf(error), { cause: error });
  } finally {
    await file.close();
  }
  if (total !== undefined && done !== total)
    throw new BrokenConnectionError(`it ended after ${done} of ${total} bytes`);
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new BrokenConnectionError(reasonOf(error), { cause: error });
  }
}

/** By what the server knows this very content: a weak tag would not do for a part of it. */
function validatorOf({ headers }: Response): string | null {
  const tag = headers.get('etag');
  return tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified');
}

function lengthOf({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length') ?? Number.NaN);
  return Number.isFinite(length) && headers.get('content-encoding') === null ? length : undefined;
}

function originOf(part: string): string {
  return `${part}.json`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** What an error of `fetch` means: its own words are only "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (
    messageOf(cause) || (cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given')
  );
}

function refused(url: string, { status, statusText }: Response): UserError {
  const remedy =
    status === 404 || status === 410
      ? 'It may have moved: name its new address, or a mirror, with --url.'
      : 'Try again later, or name a mirror with --url.';
  return new UserError(`"${url}" cannot be fetched: the server answers ${status} ${statusText}. ${remedy}`);
}

/** @throws UnreachableError of a connection that stays broken; any other error as it is */
function giveUp(error: unknown, url: string, remedy: string): never {
  if (!(error instanceof BrokenConnectionError)) throw error;
  throw new UnreachableError(`"${url}" cannot be fetched: ${error.message}.${remedy}`, { cause: error });
}
