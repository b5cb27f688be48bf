import { entryOf, itemAt } from '../../../lookup.js';
import { AudioError } from '../../audio/audio-error.js';
import { ClipReader } from '../../audio/read-clip.js';
import type { Clip } from '../../clip.js';
import { type ComputeOptions, computeFeatures } from '../compute.js';
import { buildFrontEnd, type FrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { clipKeys, filesOf, keyOf } from './clip-keys.js';
import { concurrently } from './concurrently.js';
import { changed, HeldFiles } from './held-files.js';
import { PackDraft } from './pack-draft.js';

/** Files being read at the same time. */
const CONCURRENCY = 8;

/** Memory for recordings that several clips share: of all processes together. */
const sharedBytes = 256 * 2 ** 20;

/** What is computed, and where it goes. */
export interface UnitPlace {
  /** Where packs are written. */
  readonly folder: string;
  readonly settings: FeatureSettings;
  /** Threads inside one operator. */
  readonly threads?: number | undefined;
  /** Clips of the largest unit. */
  readonly mostClips: number;
  /** Processes that share the memory. */
  readonly processes: number;
}

/** What became of some clips of a unit: their features are computed, or they cannot be used. */
export interface UnitBatch {
  readonly clips: readonly number[];
  /** Why they cannot be used, by the clip's index in the unit. */
  readonly problems: ReadonlyMap<number, AudioError>;
}

/**
 * Computes the features of clips a unit at a time, in one pass over their recordings: each file is read once, for its digest
 * and to be decoded. One unit is done before the next is begun.
 */
export class UnitComputer {
  readonly #files = new HeldFiles();
  readonly #reader: ClipReader;
  readonly #frontEnd: FrontEnd;
  readonly #draft: PackDraft;
  #clips: readonly Clip[] = [];
  #keys: readonly (string | undefined)[] = [];

  /** @param read reads clips in place of the files: a test, for example */
  constructor(
    readonly place: UnitPlace,
    readonly read: ComputeOptions['read'] = undefined,
  ) {
    this.#reader = new ClipReader(Math.ceil(sharedBytes / place.processes), (path) => this.#files.load(path));
    this.#frontEnd = buildFrontEnd(place.settings);
    const { frames, bins } = this.#frontEnd;
    this.#draft = new PackDraft(place.folder, frames * bins, place.mostClips);
  }

  /**
   * Begins a unit: names what its clips sound like, undefined where a file cannot be read.
   *
   * @throws the signal's reason when it aborts
   */
  async begin(clips: readonly Clip[], signal: AbortSignal): Promise<readonly (string | undefined)[]> {
    const recordings = new Set(clips.map(({ path }) => path));
    const noises = new Set(clips.flatMap(({ noise }) => (noise ? [noise.path] : [])));
    this.#files.release(noises);
    const digests = new Map<string, string>();
    await concurrently([...new Set(clips.flatMap(filesOf))], CONCURRENCY, async (path) => {
      signal.throwIfAborted();
      const holds = this.read === undefined && recordings.has(path) && !noises.has(path);
      const digest = await this.#files.digest(path, holds);
      if (digest !== undefined) digests.set(path, digest);
    });
    this.#clips = clips;
    this.#keys = clips.map((clip) => keyOf(clip, digests));
    return this.#keys;
  }

  /**
   * Computes and stores clips of the unit that was begun. What is complete is kept when it is stopped.
   *
   * @param indices in the unit, in the order in which they are read
   * @throws FileError when packs cannot be written
   * @throws UserError when a recording changes meanwhile
   * @throws the signal's reason when it aborts
   */
  async compute(
    indices: readonly number[],
    signal: AbortSignal,
    onBatch: (batch: UnitBatch) => void,
  ): Promise<void> {
    const { settings, threads } = this.place;
    const { channel } = settings;
    const drafted: number[] = [];
    const write = async () => {
      if (this.read !== undefined) await this.#requireUnchanged(drafted);
      await this.#draft.write();
      drafted.length = 0;
    };
    const options = {
      signal,
      ...(threads !== undefined && { threads }),
      read: this.read ?? ((clip: Clip, rate: number) => this.#reader.read(clip, rate, { channel })),
    };
    try {
      for await (const batch of computeFeatures(this.#clips, indices, this.#frontEnd, settings, options)) {
        const problems = new Map(batch.problems);
        for (const [index, features] of batch.rows) {
          const key = this.#keys[index];
          if (key === undefined) {
            problems.set(index, unnamed(itemAt(this.#clips, index)));
            continue;
          }
          const [length, peak] = [entryOf(batch.lengths, index), entryOf(batch.peaks, index)];
          this.#draft.add(key, { features, length, peak });
          drafted.push(index);
          if (this.#draft.isFull) await write();
        }
        onBatch({ clips: [...batch.rows.keys(), ...batch.problems.keys()], problems });
      }
    } catch (error) {
      // What is complete is kept. Where that fails too, it is computed again.
      if (signal.aborted) await write().catch(() => undefined);
      this.#draft.clear();
      throw error;
    }
    await write();
  }

  /** Of clips that are read in another way than from the bytes whose digests name them. */
  async #requireUnchanged(indices: readonly number[]): Promise<void> {
    const current = await clipKeys(indices.map((index) => itemAt(this.#clips, index)));
    const other = indices.find((index, i) => this.#keys[index] !== current[i]);
    if (other === undefined) return;
    const { path, noise } = itemAt(this.#clips, other);
    throw changed(path, noise?.path);
  }
}

function unnamed({ path }: Clip): AudioError {
  return new AudioError(
    path,
    'unreadable',
    'features are stored by the bytes of a file (and of its noise), and these could not be read. Check the path.',
  );
}
