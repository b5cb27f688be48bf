import { sampleSettings } from '../../data/features/sample-settings.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { measureStandardisation, type Standardisation } from '../../data/features/standardise.js';
import type { ClipFeatures } from '../../data/features/store/clip-features.js';
import { settingsKey } from '../../data/features/store/clip-keys.js';
import { type Dataset, encodeLabels, labelled } from '../../learning/training/dataset.js';
import { itemAt } from '../../lookup.js';
import type { ClipSet } from '../store/clip-set.js';
import type { Store } from '../store/store.js';

/** Opens sets of clips of the store: features on disk, labels of a column. Close it when they are read. */
export class ClipLoader {
  /** By the set's name and its clips: sets with several columns are opened once. */
  readonly #open = new Map<string, Promise<ClipFeatures>>();

  private constructor(
    readonly store: Store,
    readonly settings: FeatureSettings,
    /** Of the training clips. */
    readonly standardisation: Standardisation,
  ) {}

  /**
   * @param training the set whose mean and deviation the features are to be standardised by
   * @throws MissingFeaturesError when features are not there (any more).
   */
  static async open(store: Store, settings: FeatureSettings, training: string): Promise<ClipLoader> {
    const measured = { space: settingsKey(settings), set: training, over: settings.standardise };
    const standardisation = await store.standardisation(measured, async () => {
      const features = await openFeatures(store, settings, await store.set(training));
      try {
        const rows = Array.from({ length: features.count }, (_, row) => row);
        return await measureStandardisation(features, rows, settings.standardise);
      } finally {
        await features.close();
      }
    });
    return new ClipLoader(store, settings, standardisation);
  }

  /**
   * A set with the labels of a column.
   *
   * @param rows the clips that are wanted, by their indices; all when absent
   * @throws MissingFeaturesError when features are not there (any more).
   * @throws UserError when a clip has none of these labels.
   */
  async load(
    name: string,
    column: string,
    classes: readonly string[],
    rows?: readonly number[],
  ): Promise<Dataset> {
    const set = pick(await this.store.set(name), rows);
    const key = `${name} ${rows?.join() ?? ''}`;
    const known = this.#open.get(key) ?? openFeatures(this.store, this.settings, set);
    this.#open.set(key, known);
    return labelled(await known, encodeLabels(labelsOf(set, column), classes, column));
  }

  /**
   * The samples that a set's features are computed from, a row a clip.
   *
   * @throws MissingFeaturesError when they are not there (any more).
   */
  async loadSamples(name: string): Promise<ClipFeatures> {
    const key = `samples of ${name}`;
    const known =
      this.#open.get(key) ??
      openFeatures(this.store, sampleSettings(this.settings), await this.store.set(name));
    this.#open.set(key, known);
    return known;
  }

  /** Closes the files of all sets. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const features of opened) if (features.status === 'fulfilled') await features.value.close();
  }
}

/** Some clips of a set. */
function pick(set: ClipSet, rows: readonly number[] | undefined): ClipSet {
  return rows === undefined ? set : { ...set, clips: rows.map((row) => itemAt(set.clips, row)) };
}

/** A label of each clip, `undefined` where a clip has none. */
export function labelsOf(set: ClipSet, column: string): (string | undefined)[] {
  return set.clips.map(({ labels }) => (Object.hasOwn(labels, column) ? labels[column] : undefined));
}

function openFeatures(store: Store, settings: FeatureSettings, { clips }: ClipSet): Promise<ClipFeatures> {
  return store.features.open(
    settings,
    clips.map(({ key }) => key),
  );
}
