import { join } from 'node:path';
import { concurrently } from '../../../data/features/store/concurrently.js';
import { cutsPaths, cutsSuffix } from '../../../data/features/store/kept-cuts.js';
import { DamagedPackError, packSuffix, parsePackHeader } from '../../../data/features/store/pack.js';
import { eachPack, packPaths } from '../../../data/features/store/pack-index.js';
import type { PackKeeper } from '../../../data/features/store/pack-keeper.js';
import type { S3Bucket } from './bucket.js';
import { pull, push } from './mirror.js';

/** Packs (64 MiB each) on their way at the same time. */
const PACKS_AT_ONCE = 3;

/** Headers on their way at the same time, and what is asked for at first: most are smaller. */
const HEADERS_AT_ONCE = 8;
const HEADER_BYTES = 2 ** 17;

/** The packs of a bucket, beside those of a folder. What is in the bucket stays there: a pack is written once. */
export class BucketPacks implements PackKeeper {
  /** @param folder of all features on this machine */
  constructor(
    readonly bucket: S3Bucket,
    readonly folder: string,
  ) {}

  async fetch(space: string, rowLength: number, keys: ReadonlySet<string>): Promise<void> {
    const missing = new Set(keys);
    await eachPack(join(this.folder, space), rowLength, (_, header) => {
      for (const key of header.keys) missing.delete(key);
    });
    if (missing.size === 0) return;
    const wanted: string[] = [];
    await concurrently(await this.#elsewhere(space), HEADERS_AT_ONCE, async (name) => {
      const found = await keysOfPack(this.bucket, `features/${space}/${name}`);
      if (found.some((key) => missing.has(key))) wanted.push(name);
    });
    await concurrently(wanted, PACKS_AT_ONCE, async (name) => {
      await pull(this.bucket, `features/${space}/${name}`, join(this.folder, space, name));
    });
  }

  async fetchCuts(space: string): Promise<void> {
    const own = new Set(await cutsPaths(join(this.folder, space)));
    const there = [...(await this.#names(space, cutsSuffix))];
    await concurrently(
      there.filter((name) => !own.has(join(this.folder, space, name))),
      HEADERS_AT_ONCE,
      async (name) => {
        await pull(this.bucket, `features/${space}/${name}`, join(this.folder, space, name));
      },
    );
  }

  async keep(space: string): Promise<void> {
    const folder = join(this.folder, space);
    const there = new Set([...(await this.#names(space)), ...(await this.#names(space, cutsSuffix))]);
    const paths = [...(await packPaths(folder)), ...(await cutsPaths(folder))];
    const own = paths.map((path) => path.slice(join(this.folder, space).length + 1));
    await concurrently(
      own.filter((name) => !there.has(name)),
      PACKS_AT_ONCE,
      async (name) => {
        await push(this.bucket, join(this.folder, space, name), `features/${space}/${name}`);
      },
    );
  }

  /** Packs of the bucket that are not in the folder. */
  async #elsewhere(space: string): Promise<string[]> {
    const own = new Set(await packPaths(join(this.folder, space)));
    return [...(await this.#names(space))].filter((name) => !own.has(join(this.folder, space, name)));
  }

  async #names(space: string, suffix = packSuffix): Promise<Set<string>> {
    const names = new Set<string>();
    const beginning = `features/${space}/`;
    for await (const { key } of this.bucket.list(beginning)) {
      if (key.endsWith(suffix)) names.add(key.slice(beginning.length));
    }
    return names;
  }
}

/** The names of a pack's rows, of which only the beginning is read; none where it is damaged: its clips are computed anew. */
export async function keysOfPack(bucket: S3Bucket, key: string): Promise<readonly string[]> {
  const beginning = await bucket.getPart(key, 0, HEADER_BYTES);
  if (beginning === undefined || beginning.length < 4) return [];
  const end = 4 + beginning.readUInt32LE();
  const rest =
    end > beginning.length ? await bucket.getPart(key, beginning.length, end - beginning.length) : '';
  if (rest === undefined) return [];
  try {
    return parsePackHeader(Buffer.concat([beginning, Buffer.from(rest)]).subarray(4, end)).keys;
  } catch (error) {
    if (error instanceof DamagedPackError) return [];
    throw error;
  }
}
