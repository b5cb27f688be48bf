import type { Clip } from '../../data/clip.js';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { type Place, placeOf, placeOfLength } from '../../data/features/segment.js';
import { segmentSamples } from '../../data/features/segment-settings.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { rowsByClip } from '../../data/segments/whole-clips.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { itemAt } from '../../lookup.js';
import { nearest } from '../../nearest.js';
import { onThisMachine } from '../data/demo.js';
import { type RepetitionKey, repetitionName } from '../plan/repetition-name.js';
import type { Store } from '../store/store.js';
import { storeAt } from '../store/store-at.js';
import { ClipSounds } from './clip-sounds.js';
import { ComparisonFolder, type ComparisonIndex } from './comparison-folder.js';
import { SetFeatures } from './set-features.js';
import { describeTestClip, type TestClip } from './test-clip.js';
import { readTestClips, type TestOfRepetition } from './test-clips.js';

/** What a network was given of a clip, or of a window of one. */
export interface NetworkInput {
  readonly frames: number;
  readonly bins: number;
  /** Standardised as the networks of the repetition see it, frames x bins. */
  readonly values: Float32Array;
  /** Seconds from one frame to the next; the first is centred on the segment's first sample. */
  readonly hopSeconds: number;
  /** Centre of each bin in Hz; absent where a bin is no frequency (mfcc). */
  readonly frequencies?: readonly number[];
  /** Length of the segment, in seconds. */
  readonly seconds: number;
  /**
   * Where the clip lies in the segment, in seconds: zeros before and behind it, and what was cut off. Absent where that is
   * drawn from the clip's own sound (`placement: random`), and its recording is no longer there.
   */
  readonly place?: Readonly<Place>;
}

/** Where things of a comparison are on this machine. */
export interface StorePlaces {
  /** Its store, when that is not where it was. */
  readonly store?: string | undefined;
  /** What any machine can make again (the demo corpus, what was needed of a store in a bucket); as of the command line when absent. */
  readonly cache?: string | undefined;
}

/**
 * The test clips of a comparison by the ids that its predictions call them: labels, sound, and what the networks were given.
 * Nobody names a file: recordings are read where the comparison read them, and only as long as they are the same.
 *
 * ```ts
 * const clips = await ComparisonClips.open('runs/demo');
 * const [first] = clips.tested();
 * const wav = await clips.audio(first.windows[0].id);
 * const { values, frames, bins } = await clips.features(first.windows[0].id);
 * await clips.close();
 * ```
 *
 * Repetitions (seeds, and folds of them) test different clips, and standardise them by their own training clips. Where none
 * is named, the first is meant that tests the clip.
 */
export class ComparisonClips {
  readonly #sounds: ClipSounds;
  /** What networks are given, by id: in which repetitions, and in which row of their test sets. */
  readonly #rows = new Map<string, { repetition: number; row: number }[]>();
  /** By the repetition's index. */
  readonly #keys = new Map<number, Promise<readonly string[]>>();
  readonly #features = new Map<number, Promise<SetFeatures>>();
  /** Somebody may be reading them. */
  readonly #outdated: SetFeatures[] = [];

  private constructor(
    readonly folder: string,
    private readonly store: Store,
    private readonly index: ComparisonIndex,
    private readonly tests: readonly TestOfRepetition[],
  ) {
    this.#sounds = new ClipSounds(index.experiment.features);
    for (const [repetition, { clips }] of tests.entries()) {
      for (const [row, { id }] of clips.entries()) {
        const places = this.#rows.get(id);
        if (places === undefined) this.#rows.set(id, [{ repetition, row }]);
        else places.push({ repetition, row });
      }
    }
  }

  /**
   * Opens the test clips of a folder of `compare`, `train` or a cell of `sweep`. Reads what is in the folder; recordings and
   * features are read when they are asked for.
   *
   * @throws UserError when the folder holds no comparison, or one that an earlier version began
   */
  static async open(
    path: string,
    { store, cache = defaultCache() }: StorePlaces = {},
  ): Promise<ComparisonClips> {
    const folder = new ComparisonFolder(path);
    const index = await folder.index();
    if (index === undefined) {
      throw new UserError(
        `"${path}" holds no comparison: there is no comparison.json in it. Name the folder that "antitransfer compare" or ` +
          '"antitransfer train" wrote.',
      );
    }
    const { experiment } = index;
    const demo = experiment.data.path === null ? onThisMachine(experiment, cache).data.path : null;
    const tests = await readTestClips(path, demo);
    const isOfIndex =
      tests?.length === index.repetitions.length &&
      index.repetitions.every(({ test }, i) => tests[i]?.test === test);
    if (tests === undefined || !isOfIndex) {
      throw new UserError(
        `"${path}" does not say where its test clips are: clips.json is not there, or of another start. Run the same command ` +
          'again: it leaves that file, and trains nothing twice.',
      );
    }
    return new ComparisonClips(path, storeAt(store ?? folder.storeOf(index), cache), index, tests);
  }

  /**
   * The clips that the networks of a repetition were tested with; of all repetitions, each once, where none is named.
   *
   * @throws UserError when there is no such repetition
   */
  tested(of?: RepetitionKey): TestClip[] {
    const tests = of === undefined ? this.tests : [itemAt(this.tests, this.#numberOf(of))];
    const found = new Map<string, TestClip>();
    for (const { clips } of tests) {
      for (const [whole, rows] of rowsByClip(clips)) {
        if (found.has(whole.id)) continue;
        found.set(
          whole.id,
          describeTestClip(
            whole,
            rows.map((row) => itemAt(clips, row)),
          ),
        );
      }
    }
    return [...found.values()];
  }

  /**
   * What the networks heard: the samples of a clip or window, cut or padded to a segment, with its noise, as 16-bit WAV at
   * `features.sampleRate`.
   *
   * @param id of one of {@link TestClip.windows}
   * @throws UserError when no such clip was tested, or its recording has moved or is another one now
   */
  async audio(id: string, of?: RepetitionKey): Promise<Uint8Array<ArrayBuffer>> {
    const { clip, key } = await this.#find(id, of);
    return this.#sounds.segment(clip, key);
  }

  /**
   * All of the recording that a clip or window is of, as it was recorded: at its own rate, without noise, as 16-bit WAV.
   *
   * @throws UserError as {@link audio}
   */
  async whole(id: string, of?: RepetitionKey): Promise<Uint8Array<ArrayBuffer>> {
    const { clip, key } = await this.#find(id, of);
    return this.#sounds.recording(clip, key);
  }

  /**
   * What the networks of a repetition were given of a clip or window, from the store: no recording is needed.
   *
   * @param id of one of {@link TestClip.windows}
   * @throws UserError when no such clip was tested; MissingFeaturesError when the store has its features no longer
   */
  async features(id: string, of?: RepetitionKey): Promise<NetworkInput> {
    const { features: settings } = this.index.experiment;
    const { clip, key, repetition, row } = await this.#find(id, of);
    const set = await this.#featuresOf(repetition);
    const { frames, bins, frequencies, hopSeconds } = buildFrontEnd(settings);
    const place = await this.#placeOf(clip, key, set.lengthOf(row));
    const values = await set.read(row).catch((error: unknown) => {
      // The next one to ask opens them again, where they were computed anew.
      if (this.#features.delete(repetition)) this.#outdated.push(set);
      throw error;
    });
    return {
      frames,
      bins,
      values,
      hopSeconds,
      ...(frequencies && { frequencies }),
      seconds: segmentSamples(settings) / settings.sampleRate,
      ...(place && { place: inSeconds(place, settings) }),
    };
  }

  /** Closes the files of features. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#features.values());
    this.#features.clear();
    for (const set of opened) if (set.status === 'fulfilled') await set.value.close();
    for (const set of this.#outdated.splice(0)) await set.close();
  }

  #numberOf(of: RepetitionKey): number {
    const { repetitions } = this.index;
    const found = repetitions.findIndex(
      ({ seed, fold }) => seed === of.seed && (fold ?? undefined) === of.fold,
    );
    if (found >= 0) return found;
    const known = repetitions.map(({ seed, fold }) => repetitionName({ seed, fold: fold ?? undefined }));
    throw new UserError(`"${this.folder}" has no ${repetitionName(of)}; it has ${known.join('; ')}.`);
  }

  async #find(id: string, of: RepetitionKey | undefined) {
    const asked = of && this.#numberOf(of);
    const place = this.#rows.get(id)?.find(({ repetition }) => asked === undefined || repetition === asked);
    if (place === undefined) throw this.#unknown(id, of);
    const { repetition, row } = place;
    const clip = itemAt(itemAt(this.tests, repetition).clips, row);
    const key = itemAt(await this.#keysOf(repetition), row);
    return { repetition, row, clip, key };
  }

  #unknown(id: string, of: RepetitionKey | undefined): UserError {
    const clips = this.tested(of);
    const cut = clips.find((clip) => clip.id === id);
    if (cut !== undefined) {
      const windows = cut.windows.map((window) => `"${window.id}"`).join(', ');
      return new UserError(
        `"${id}" was cut into windows, and networks were given these: ask for one of ${windows}.`,
      );
    }
    const where = of === undefined ? '' : ` in ${repetitionName(of)}`;
    const known = clips.flatMap((clip) => [clip.id, ...clip.windows.map((window) => window.id)]);
    return new UserError(`No test clip of "${this.folder}" is called "${id}"${where}.${nearest(id, known)}`);
  }

  #keysOf(repetition: number): Promise<readonly string[]> {
    return kept(this.#keys, repetition, async () => {
      const { clips } = await this.store.set(itemAt(this.tests, repetition).test);
      return clips.map(({ key }) => key);
    });
  }

  #featuresOf(repetition: number): Promise<SetFeatures> {
    return kept(this.#features, repetition, async () => {
      const { features } = this.index.experiment;
      const { standardisation } = itemAt(this.tests, repetition);
      return SetFeatures.open(this.store, features, await this.#keysOf(repetition), standardisation);
    });
  }

  async #placeOf(clip: Clip, key: string, length: number): Promise<Place | undefined> {
    const { features } = this.index.experiment;
    const segment = segmentSamples(features);
    if (features.placement !== 'random') return placeOfLength(length, segment, features.placement);
    const samples = await this.#sounds.read(clip, key).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    return samples && placeOf(samples, segment, features.placement);
  }
}

/** What is made once; what failed is tried again by the next one. */
function kept<K, V>(known: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

function inSeconds(
  { before, after, cutBefore, cutAfter }: Place,
  { sampleRate }: Pick<FeatureSettings, 'sampleRate'>,
): Place {
  return {
    before: before / sampleRate,
    after: after / sampleRate,
    cutBefore: cutBefore / sampleRate,
    cutAfter: cutAfter / sampleRate,
  };
}
