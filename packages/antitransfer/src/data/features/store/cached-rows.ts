import type { Clip } from '../../clip.js';
import type { FeatureSettings } from '../settings.js';
import type { FeatureCache } from './cache.js';
import { clipKeys, settingsKey } from './clip-keys.js';

/** The rows of some clips' features, as a cache knows them. */
export class CachedRows {
  readonly #unsaved = new Map<string, Float32Array>();

  private constructor(
    private readonly cache: FeatureCache,
    private readonly space: string,
    private readonly keys: readonly (string | undefined)[],
    private readonly rows: readonly Float32Array[],
  ) {}

  /** @param rows the features of each clip, to be filled in */
  static async open(
    cache: FeatureCache,
    clips: readonly Clip[],
    settings: FeatureSettings,
    rows: readonly Float32Array[],
    signal?: AbortSignal,
  ): Promise<CachedRows> {
    return new CachedRows(cache, settingsKey(settings), await clipKeys(clips, signal), rows);
  }

  /** Fills in what is known and returns its positions. */
  fill(): Promise<Set<number>> {
    return this.cache.read(this.space, this.keys, this.rows);
  }

  /** Keeps rows that were computed; writes them once they are many. */
  async add(positions: Iterable<number>): Promise<void> {
    for (const position of positions) {
      const key = this.keys[position];
      const row = this.rows[position];
      if (key === undefined || row === undefined) continue;
      this.#unsaved.set(key, row);
      if (this.#unsaved.size >= this.cache.rowsPerPack(row.length)) await this.save();
    }
  }

  /** Writes what was added since the last time. */
  async save(): Promise<void> {
    await this.cache.write(this.space, this.#unsaved);
    this.#unsaved.clear();
  }
}
