import type { FeatureSettings } from '../../data/features/settings.js';
import { type Standardisation, standardise } from '../../data/features/standardise.js';
import { type ClipFeatures, rowLengthOf } from '../../data/features/store/clip-features.js';
import { entryOf, itemAt } from '../../lookup.js';
import { ClipLoader } from '../data/load-clips.js';
import type { Store } from '../store/store.js';

/** The features of a set of clips as a network saw them. Close it when they are read. */
export class SetFeatures {
  private constructor(
    /** Of each clip: samples at the features' rate, before they were cut or padded. */
    readonly lengths: readonly number[],
    readonly features: ClipFeatures,
    readonly standardisation: Standardisation,
  ) {}

  /**
   * @param keys what the store calls the features of each clip
   * @param training the set whose mean and deviation features are standardised by
   * @throws MissingFeaturesError when features are not there (any more)
   */
  static async open(
    store: Store,
    settings: FeatureSettings,
    keys: readonly string[],
    training: string,
  ): Promise<SetFeatures> {
    const { standardisation } = await ClipLoader.open(store, settings, training);
    const features = await store.features.open(settings, keys);
    const stored = await store.features.describe(settings, keys);
    const lengths = keys.map((key) => entryOf(stored, key).length);
    return new SetFeatures(lengths, features, standardisation);
  }

  /** The standardised features of a clip, frames x bins. @throws MissingFeaturesError when they are not there any more */
  async read(row: number): Promise<Float32Array> {
    const values = new Float32Array(rowLengthOf(this.features.shape));
    await this.features.read([row], values);
    standardise(values, this.standardisation);
    return values;
  }

  lengthOf(row: number): number {
    return itemAt(this.lengths, row);
  }

  close(): Promise<void> {
    return this.features.close();
  }
}
