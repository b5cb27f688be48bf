import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { shortDigest } from '../../../files/digest.js';
import type { Clip } from '../../clip.js';
import { frontEndVersion } from '../front-end.js';
import { runtimeVersion } from '../runtime-version.js';
import { effectiveFeatures, type FeatureSettings } from '../settings.js';
import { concurrently } from './concurrently.js';

/** Files being read at the same time. */
const CONCURRENCY = 8;

const CHUNK_BYTES = 2 ** 20;

/** Names the settings that features depend on. What happens to features afterwards does not matter. */
export function settingsKey(given: FeatureSettings): string {
  const { standardise: _, ...settings } = effectiveFeatures(given);
  const ordered = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return shortDigest(JSON.stringify([frontEndVersion, runtimeVersion, ordered]));
}

/** What files hold, by path: nothing of those that cannot be read. */
export type FileDigests = ReadonlyMap<string, string>;

/**
 * Names what each clip sounds like: by the bytes of its file and of its noise, not by where they lie or when they were
 * written. Undefined where a file cannot be read.
 *
 * @throws the signal's reason when it aborts
 */
export async function clipKeys(
  clips: readonly Clip[],
  signal?: AbortSignal,
): Promise<(string | undefined)[]> {
  const digests = await digestsOf(clips, signal);
  return clips.map((clip) => keyOf(clip, digests));
}

/**
 * Names the bytes of the files that clips are heard from.
 *
 * @throws the signal's reason when it aborts
 */
export async function digestsOf(clips: readonly Clip[], signal?: AbortSignal): Promise<FileDigests> {
  const files = [...new Set(clips.flatMap(filesOf))];
  const digests = new Map<string, string>();
  // A buffer for each file that is being read, used again for the next.
  const chunks: Buffer[] = [];
  await concurrently(files, CONCURRENCY, async (path) => {
    signal?.throwIfAborted();
    const chunk = chunks.pop() ?? Buffer.allocUnsafe(CHUNK_BYTES);
    const digest = await fileDigest(path, chunk);
    chunks.push(chunk);
    if (digest !== undefined) digests.set(path, digest);
  });
  return digests;
}

/** Files that a clip is heard from. */
export function filesOf({ path, noise }: Clip): string[] {
  return noise === undefined ? [path] : [path, noise.path];
}

/**
 * Names what a clip sounds like; undefined where a file could not be read.
 *
 * @param digests of the bytes of its files
 */
export function keyOf({ path, start, duration, noise }: Clip, digests: FileDigests): string | undefined {
  const speech = digests.get(path);
  const mixed = noise && digests.get(noise.path);
  if (speech === undefined || (noise && mixed === undefined)) return undefined;
  return shortDigest(JSON.stringify([speech, start, duration, mixed, noise?.start, noise?.snr]));
}

/** Undefined when the file cannot be read: whoever decodes it says why. */
async function fileDigest(path: string, chunk: Buffer): Promise<string | undefined> {
  // A pipe would be waited for, and a device read, without end.
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true;
  const file = isFile ? await open(path).catch(() => undefined) : undefined;
  try {
    const hash = createHash('sha256');
    for (;;) {
      const read = await file?.read(chunk, 0, chunk.length);
      if (read === undefined) return undefined;
      if (read.bytesRead === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, read.bytesRead));
    }
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
