import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isAbsent, namingFile } from '../../../files/file-error.js';
import { removeOldDrafts } from '../../../files/write-whole.js';
import type { Clip } from '../../clip.js';
import type { WindowSettings } from '../../segments/settings.js';
import { buildFrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { addFeatures } from './add-features.js';
import { type AddedWindows, type AddWindowsOptions, addWindows } from './add-windows.js';
import type { AddedFeatures, AddOptions, AddPlace } from './adding.js';
import { type ClipFeatures, rowLengthOf } from './clip-features.js';
import { settingsKey } from './clip-keys.js';
import { cutsPaths } from './kept-cuts.js';
import { locateRows } from './locate-rows.js';
import { OpenPacks } from './open-packs.js';
import { packPaths } from './pack-index.js';
import type { PackKeeper } from './pack-keeper.js';
import { StoredFeatures } from './stored-features.js';
import { type StoredRow, storedRows } from './stored-rows.js';

/** What stored features take of a disk. */
export interface FeatureStoreUsage {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Features of clips on disk, raw (not standardised) and float32, named by what they are computed from: the bytes of the
 * recordings and of their noise, and the settings. Each is computed once, whoever asks.
 *
 * ```ts
 * const store = new FeatureStore('.cache/features');
 * const { keys } = await store.add(corpus.clips, settings);
 * const features = await store.open(settings, keys);   // rows in the order of the clips
 * await features.read([7, 3, 7], batch);
 * await features.close();
 * ```
 *
 * Any number of processes may add and read at the same time; the worst that can happen is that two compute the same.
 * Nothing is removed to make room, which could take a running training's features away: see {@link clear}.
 */
export class FeatureStore {
  readonly #openPacks = new OpenPacks();

  /**
   * @param folder made when something is added
   * @param keeper where packs are kept besides, if anywhere
   */
  constructor(
    readonly folder: string,
    private readonly keeper?: PackKeeper,
  ) {}

  /**
   * Computes and stores what is missing, in one pass over the recordings: each is read once, and decoded once however many
   * clips are in it. Memory of a process is bounded by the recordings that it works on (32 MiB, or one that is larger), those that several
   * clips share (256 MiB of all) and a file of features (64 MiB), whatever the number of clips, of which only names are held.
   * What was computed stays when it fails, is aborted or is killed; how many processes there are changes no byte.
   *
   * @throws UnusableRecordingsError when some recordings cannot be used and they are not to be skipped
   * @throws FileError when the folder cannot be read or written
   * @throws UserError when there are too many mel bands for the window, or a recording changes meanwhile
   * @throws the signal's reason when it aborts
   */
  add(clips: readonly Clip[], settings: FeatureSettings, options: AddOptions = {}): Promise<AddedFeatures> {
    return addFeatures(this.#place(settings, options), clips, settings, options);
  }

  /**
   * The same of clips that are first cut into windows, as {@link cutClips} does, in the same pass: a recording is decoded once, for
   * the cut and for its windows. How clips are cut is kept beside their features: what is added again, or goes on after it was
   * killed, is not listened to again. Of the memory for recordings that several clips share one half is for those that are cut;
   * one that is larger has room all the same.
   *
   * ```ts
   * const { windows, features } = await store.addWindows(corpus.clips, settings, windowSettings.parse({ hop: 0.5 }));
   * const train = split.train.flatMap((clip) => windows.get(clip) ?? []);
   * ```
   *
   * @throws as {@link add}, and UserError when the hop is longer than a segment, or so short that a clip has too many windows
   */
  addWindows(
    clips: readonly Clip[],
    settings: FeatureSettings,
    windows: WindowSettings,
    options: AddWindowsOptions = {},
  ): Promise<AddedWindows> {
    return addWindows(this.#place(settings, options), clips, settings, windows, options);
  }

  /**
   * Opens features that were added; what takes memory is some 30 bytes a row. Rows are held against their digests when
   * they are read for the first time.
   *
   * @param keys from {@link add}, repeats allowed; rows are in their order
   * @throws MissingFeaturesError when some are not there, or damaged
   * @throws FileError when they cannot be read
   */
  async open(settings: FeatureSettings, keys: readonly string[]): Promise<ClipFeatures> {
    const { shape, space, rowLength } = await this.#fetch(settings, keys);
    const locations = await locateRows(space, rowLength, keys);
    return new StoredFeatures(shape, locations, this.#openPacks);
  }

  /**
   * What is stored of clips besides their features, by key: nothing of those that are not there.
   *
   * @throws FileError when they cannot be read
   */
  async describe(
    settings: FeatureSettings,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow>> {
    const { space, rowLength } = await this.#fetch(settings, keys);
    return storedRows(space, rowLength, keys);
  }

  /** Makes sure that what is kept of them elsewhere is in their folder, too. */
  async #fetch(settings: FeatureSettings, keys: readonly string[]) {
    const { frames, bins } = buildFrontEnd(settings);
    const shape = [1, frames, bins] as const;
    const [space, rowLength] = [this.#space(settings), rowLengthOf(shape)];
    await this.keeper?.fetch(basename(space), rowLength, new Set(keys));
    return { shape, space, rowLength };
  }

  /**
   * What is stored, of these settings or of all.
   *
   * @throws FileError when the folder cannot be read
   */
  async usage(settings?: FeatureSettings): Promise<FeatureStoreUsage> {
    return usageOf(await this.#files(settings));
  }

  /**
   * Removes what is stored, of these settings or of all. Whoever is reading it fails, and can compute it anew.
   *
   * @returns what was removed
   * @throws FileError when something cannot be removed
   */
  async clear(settings?: FeatureSettings): Promise<FeatureStoreUsage> {
    const files = await this.#files(settings);
    for (const { path } of files) await namingFile(path, 'written', () => rm(path, { force: true }));
    for (const space of await this.#spaces(settings)) {
      await removeOldDrafts(space);
      // It stays where another process is writing.
      await rmdir(space).catch(() => undefined);
    }
    return usageOf(files);
  }

  #place(settings: FeatureSettings, { alongside }: Pick<AddOptions, 'alongside'>): AddPlace {
    return {
      folder: this.#space(settings),
      alongside: alongside && { ...alongside, folder: this.#space(alongside.settings) },
      keeper: this.keeper,
    };
  }

  #space(settings: FeatureSettings): string {
    return join(this.folder, settingsKey(settings));
  }

  /** The folders that packs are in. */
  async #spaces(settings?: FeatureSettings): Promise<string[]> {
    if (settings !== undefined) return [this.#space(settings)];
    const entries = await namingFile(this.folder, 'read', () =>
      readdir(this.folder, { withFileTypes: true }).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw error;
      }),
    );
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(this.folder, name));
  }

  /** Packs, and how clips are cut. */
  async #files(settings?: FeatureSettings): Promise<{ path: string; bytes: number }[]> {
    const spaces = await this.#spaces(settings);
    const paths = (await Promise.all([...spaces.map(packPaths), ...spaces.map(cutsPaths)])).flat();
    const files: { path: string; bytes: number }[] = [];
    for (const path of paths) {
      const found = await namingFile(path, 'read', () =>
        stat(path).catch((error: unknown) => {
          // Another process may have removed it.
          if (isAbsent(error)) return undefined;
          throw error;
        }),
      );
      if (found !== undefined) files.push({ path, bytes: found.size });
    }
    return files;
  }
}

function usageOf(files: readonly { readonly bytes: number }[]): FeatureStoreUsage {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
