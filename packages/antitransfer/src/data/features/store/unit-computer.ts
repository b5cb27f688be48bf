import { entryOf, itemAt } from '../../../lookup.js';
import { AudioError } from '../../audio/audio-error.js';
import { ClipReader } from '../../audio/read-clip.js';
import type { Clip } from '../../clip.js';
import { type Cut, cutOf } from '../../segments/cut.js';
import { unlessUnusable } from '../../segments/cut-clips.js';
import type { WindowSettings } from '../../segments/settings.js';
import { windowLengths } from '../../segments/windows.js';
import { type ComputeOptions, computeFeatures } from '../compute.js';
import { buildFrontEnd, type FrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { clipKeys, type FileDigests } from './clip-keys.js';
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
  /** How clips are cut into windows, where they are. */
  readonly windows?: WindowSettings;
  /** What else is computed of some clips, of the same segments, and where that goes. */
  readonly alongside?: { readonly folder: string; readonly settings: FeatureSettings };
  /** Threads inside one operator. */
  readonly threads?: number | undefined;
  /** Clips of the largest unit, or windows of it. */
  readonly mostClips: number;
  /** Processes that share the memory. */
  readonly processes: number;
}

/** The files of a unit. */
export interface UnitFiles {
  readonly recordings: readonly string[];
  /** That are mixed in, which other units may have, too. */
  readonly noises: readonly string[];
}

/** The files that clips are heard from. */
export function filesOfClips(clips: readonly Clip[]): UnitFiles {
  return {
    recordings: [...new Set(clips.map(({ path }) => path))],
    noises: [...new Set(clips.flatMap(({ noise }) => (noise ? [noise.path] : [])))],
  };
}

/** What became of some clips: their features are computed, or they cannot be used. */
export interface UnitBatch {
  readonly clips: readonly number[];
  /** Why they cannot be used, by the clip's index among those that were to be computed. */
  readonly problems: ReadonlyMap<number, AudioError>;
}

/**
 * Computes the features of clips a unit at a time, in one pass over their recordings: each file is read once, for its digest
 * and to be decoded; where clips are cut into windows, it is decoded once for the cut and for the features. One unit is done
 * before the next is begun.
 */
export class UnitComputer {
  readonly #files = new HeldFiles();
  readonly #reader: ClipReader;
  /** Of recordings that are cut: from here on no further one is decoded before the windows of these are computed. */
  readonly #heldBytes: number;
  readonly #frontEnd: FrontEnd;
  readonly #draft: PackDraft;
  readonly #alongside: { readonly frontEnd: FrontEnd; readonly draft: PackDraft } | undefined;

  /** @param read reads clips in place of the files: a test, for example */
  constructor(
    readonly place: UnitPlace,
    readonly read: ComputeOptions['read'] = undefined,
  ) {
    const shared = Math.ceil(sharedBytes / place.processes);
    this.#heldBytes = place.windows === undefined ? 0 : shared / 2;
    this.#reader = new ClipReader(shared - this.#heldBytes, (path) => this.#files.load(path));
    this.#frontEnd = buildFrontEnd(place.settings);
    this.#draft = draftFor(place.folder, this.#frontEnd, place);
    const { alongside } = place;
    if (alongside !== undefined) {
      const frontEnd = buildFrontEnd(alongside.settings);
      this.#alongside = { frontEnd, draft: draftFor(alongside.folder, frontEnd, place) };
    }
  }

  /** How many files it has decoded so far. */
  get decoded(): number {
    return this.#reader.decoded;
  }

  /**
   * Begins a unit: reads its files, and names their bytes. A file that cannot be read has no name.
   *
   * @throws the signal's reason when it aborts
   */
  async begin({ recordings, noises }: UnitFiles, signal: AbortSignal): Promise<FileDigests> {
    const shared = new Set(noises);
    this.#reader.release();
    this.#files.release(shared);
    const digests = new Map<string, string>();
    const own = new Set(recordings);
    await concurrently([...new Set([...recordings, ...noises])], CONCURRENCY, async (path) => {
      signal.throwIfAborted();
      const holds = this.read === undefined && own.has(path) && !shared.has(path);
      const digest = await this.#files.digest(path, holds);
      if (digest !== undefined) digests.set(path, digest);
    });
    return digests;
  }

  /**
   * Cuts clips of the unit into windows, in their order, as far as their recordings fit the memory: whole recordings, one at
   * least. They stay decoded, for their windows to be computed, until the next are cut.
   *
   * @param clips those of one recording side by side
   * @returns of the first clips; undefined of one that cannot be used
   * @throws UserError when one has too many windows
   * @throws the signal's reason when it aborts
   */
  async cut(clips: readonly Clip[], signal: AbortSignal): Promise<(Cut | undefined)[]> {
    const { settings, windows } = this.place;
    if (windows === undefined) throw new Error('It was not told how to cut clips.');
    const { sampleRate } = settings;
    const rules = { lengths: windowLengths(settings, windows), settings: windows, sampleRate };
    this.#reader.release();
    const cuts: (Cut | undefined)[] = [];
    let path: string | undefined;
    for (const { noise: _, ...clip } of clips) {
      signal.throwIfAborted();
      if (clip.path !== path && this.#reader.heldBytes >= this.#heldBytes) break;
      path = clip.path;
      const samples = await unlessUnusable(this.#reader.hold(clip, sampleRate, settings));
      cuts.push(samples && (await cutOf(clip, inMemory(samples), rules, signal)));
    }
    return cuts;
  }

  /**
   * Computes and stores clips of the unit that was begun. What is complete is kept when it is stopped.
   *
   * @param clips in the order in which they are read
   * @param keys what their features are stored under; undefined where a file could not be read
   * @param alongside indices of the clips of which the other features are stored, too
   * @throws FileError when packs cannot be written
   * @throws UserError when a recording changes meanwhile
   * @throws the signal's reason when it aborts
   */
  async compute(
    clips: readonly Clip[],
    keys: readonly (string | undefined)[],
    signal: AbortSignal,
    onBatch: (batch: UnitBatch) => void,
    alongside: readonly number[] = [],
  ): Promise<void> {
    const { settings, threads } = this.place;
    const { channel } = settings;
    const second = this.#alongside;
    const drafted: number[] = [];
    const write = async () => {
      if (this.read !== undefined) await requireUnchanged(drafted, clips, keys);
      // First what nobody asks for whose features are stored.
      await second?.draft.write();
      await this.#draft.write();
      drafted.length = 0;
    };
    const options = {
      signal,
      ...(threads !== undefined && { threads }),
      read: this.read ?? ((clip: Clip, rate: number) => this.#reader.read(clip, rate, { channel })),
    };
    try {
      for await (const batch of computeFeatures(
        clips,
        [...clips.keys()],
        this.#frontEnd,
        settings,
        options,
        second && { frontEnd: second.frontEnd, of: new Set(alongside) },
      )) {
        const problems = new Map(batch.problems);
        for (const [index, features] of batch.rows) {
          const key = keys[index];
          if (key === undefined) {
            problems.set(index, unnamed(itemAt(clips, index)));
            continue;
          }
          const [length, peak] = [entryOf(batch.lengths, index), entryOf(batch.peaks, index)];
          this.#draft.add(key, { features, length, peak });
          drafted.push(index);
          const also = batch.alongside.get(index);
          if (also !== undefined) second?.draft.add(key, { features: also, length, peak });
          if (this.#draft.isFull || second?.draft.isFull) await write();
        }
        onBatch({ clips: [...batch.rows.keys(), ...batch.problems.keys()], problems });
      }
    } catch (error) {
      // What is complete is kept. Where that fails too, it is computed again.
      if (signal.aborted) await write().catch(() => undefined);
      this.#draft.clear();
      second?.draft.clear();
      throw error;
    }
    await write();
  }
}

function draftFor(folder: string, { frames, bins }: FrontEnd, { mostClips }: UnitPlace): PackDraft {
  return new PackDraft(folder, frames * bins, mostClips);
}

function inMemory(samples: Float32Array) {
  return {
    length: samples.length,
    read: async (first: number, end: number) => samples.subarray(first, end),
  };
}

/** Of clips that are read in another way than from the bytes whose digests name them. */
async function requireUnchanged(
  indices: readonly number[],
  clips: readonly Clip[],
  keys: readonly (string | undefined)[],
): Promise<void> {
  const current = await clipKeys(indices.map((index) => itemAt(clips, index)));
  const other = indices.find((index, i) => keys[index] !== current[i]);
  if (other === undefined) return;
  const { path, noise } = itemAt(clips, other);
  throw changed(path, noise?.path);
}

function unnamed({ path }: Clip): AudioError {
  return new AudioError(
    path,
    'unreadable',
    'features are stored by the bytes of a file (and of its noise), and these could not be read. Check the path.',
  );
}
