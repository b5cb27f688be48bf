import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../errors.js';
import { removeOldDrafts } from '../../../files/write-whole.js';
import { DamagedPackError, Pack, packSuffix, writePack } from './pack.js';

/** Packs are dropped whole, so they should be a small part of the cache. */
const PACK_BYTES = 64 * 2 ** 20;

/**
 * Features on disk, in packs of many clips. Keys name content, packs never change and appear by an atomic rename, so
 * that several processes can use one cache without waiting for each other; the worst that can happen is that both
 * compute the same. Damaged packs are deleted and their clips computed again.
 *
 * ```ts
 * const cache = new FeatureCache('.cache/features', 2 * 2 ** 30);
 * await extractFeatures(corpus.clips, settings, { cache });
 * ```
 */
export class FeatureCache {
  /**
   * @param folder made when it does not exist
   * @param limitBytes beyond which the packs that were not used for longest are dropped, after each pack written
   */
  constructor(
    readonly folder: string,
    readonly limitBytes = 4 * 2 ** 30,
  ) {
    if (!(limitBytes >= 0)) throw new UserError(`The cache's limit is a number of bytes; got ${limitBytes}.`);
  }

  /** How many rows of a length to write at once. */
  rowsPerPack(rowLength: number): number {
    return Math.max(1, Math.floor(Math.min(PACK_BYTES, this.limitBytes / 8) / (4 * rowLength)));
  }

  /**
   * Fills in the rows that are known.
   *
   * @param space names the settings; packs of different settings lie apart
   * @param keys of the rows; undefined where a row has none
   * @param rows equally long, one a key
   * @returns the positions of the rows that were filled in
   */
  async read(
    space: string,
    keys: readonly (string | undefined)[],
    rows: readonly Float32Array[],
  ): Promise<Set<number>> {
    const wanted = new Map<string, number[]>();
    for (const [position, key] of keys.entries()) {
      if (key !== undefined) wanted.set(key, [...(wanted.get(key) ?? []), position]);
    }
    const found = new Set<number>();
    for (const path of await this.#packs(space)) {
      if (wanted.size === 0) break;
      for (const key of await readPack(path, wanted, rows)) {
        for (const position of wanted.get(key) ?? []) found.add(position);
        wanted.delete(key);
      }
    }
    return found;
  }

  /**
   * Stores rows, then drops what was not used for longest until the cache is within its limit.
   *
   * @param rows by key
   * @throws UserError when the folder cannot be written to
   */
  async write(space: string, rows: ReadonlyMap<string, Float32Array>): Promise<void> {
    if (rows.size === 0) return;
    try {
      await writePack(join(this.folder, space), rows);
    } catch (error) {
      throw new UserError(
        `The feature cache "${this.folder}" cannot be written: ${(error as Error).message}. ` +
          'Make room, choose another folder, or use no cache.',
        { cause: error },
      );
    }
    await this.#dropLeastRecentlyUsed();
  }

  async #packs(space: string): Promise<string[]> {
    const names = await namesIn(join(this.folder, space));
    return names.filter((name) => name.endsWith(packSuffix)).map((name) => join(this.folder, space, name));
  }

  async #dropLeastRecentlyUsed(): Promise<void> {
    const packs: { path: string; size: number; used: number }[] = [];
    for (const space of await namesIn(this.folder)) {
      await removeOldDrafts(join(this.folder, space));
      for (const name of await namesIn(join(this.folder, space))) {
        const path = join(this.folder, space, name);
        const found = await stat(path).catch(() => undefined);
        if (found === undefined || !name.endsWith(packSuffix)) continue;
        packs.push({ path, size: found.size, used: found.mtimeMs });
      }
    }
    packs.sort((a, b) => a.used - b.used);
    let total = packs.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of packs) {
      if (total <= this.limitBytes) break;
      await discard(path);
      total -= size;
    }
  }
}

/** Fills in the rows that a pack holds and returns their keys: none of them when it is damaged or gone. */
async function readPack(
  path: string,
  wanted: ReadonlyMap<string, readonly number[]>,
  rows: readonly Float32Array[],
): Promise<string[]> {
  const found: string[] = [];
  try {
    const pack = await Pack.open(path, rows[0]?.length ?? 0);
    try {
      for (const [key, position] of pack.positions) {
        const [first, ...others] = (wanted.get(key) ?? []).map((index) => rows[index]!);
        if (first === undefined) continue;
        await pack.read(position, first);
        for (const other of others) other.set(first);
        found.push(key);
      }
    } finally {
      await pack.close();
    }
  } catch (error) {
    if (error instanceof DamagedPackError) await discard(path);
    else if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return [];
  }
  // The time of the last use, for the order in which packs are dropped; not every file system keeps one for reading.
  const now = new Date();
  if (found.length > 0) await utimes(path, now, now).catch(() => undefined);
  return found;
}

/** Another process may have been faster, or be reading it where that prevents deletion: then it stays for next time. */
async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
