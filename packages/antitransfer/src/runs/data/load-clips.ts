import { buildFrontEnd } from '../../data/features/front-end.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import {
  measureStandardisation,
  type Standardisation,
  standardise,
} from '../../data/features/standardise.js';
import { settingsKey } from '../../data/features/store/clip-keys.js';
import { UserError } from '../../errors.js';
import { type Dataset, encodeLabels } from '../../learning/training/dataset.js';
import type { ClipSet } from '../store/clip-set.js';
import type { Store } from '../store/store.js';

/** Reads sets of clips from the store: features standardised by the clips of one of them, labels of a column. */
export class ClipLoader {
  private constructor(
    readonly store: Store,
    readonly features: FeatureSettings,
    readonly standardisation: Standardisation,
  ) {}

  /**
   * @param training the set whose mean and deviation the features are standardised by
   * @throws UserError when features are not there (any more).
   */
  static async open(store: Store, features: FeatureSettings, training: string): Promise<ClipLoader> {
    const { shape, data } = await readFeatures(store, features, await store.set(training));
    const rows = Array.from({ length: data.length / (shape[1] * shape[2]) }, (_, row) => row);
    return new ClipLoader(
      store,
      features,
      measureStandardisation({ shape, data }, rows, features.standardise),
    );
  }

  async load(name: string, column: string, classes: readonly string[]): Promise<Dataset> {
    const set = await this.store.set(name);
    const { shape, data } = await readFeatures(this.store, this.features, set);
    standardise(data, this.standardisation);
    return { shape, features: data, labels: encodeLabels(labelsOf(set, column), classes, column) };
  }
}

/** A label of each clip, `undefined` where a clip has none. */
export function labelsOf(set: ClipSet, column: string): (string | undefined)[] {
  return set.clips.map(({ labels }) => (Object.hasOwn(labels, column) ? labels[column] : undefined));
}

async function readFeatures(store: Store, settings: FeatureSettings, { clips }: ClipSet) {
  const { frames, bins } = buildFrontEnd(settings);
  const data = new Float32Array(clips.length * frames * bins);
  const rows = clips.map((_, i) => data.subarray(i * frames * bins, (i + 1) * frames * bins));
  const found = await store.features.read(
    settingsKey(settings),
    clips.map(({ key }) => key),
    rows,
  );
  if (found.size === clips.length) return { shape: [1, frames, bins] as const, data };
  const missing = clips[rows.findIndex((_, row) => !found.has(row))];
  throw new UserError(
    `The features of ${clips.length - found.size} of ${clips.length} clips, such as "${missing?.id}", are not in ` +
      `"${store.features.folder}" any more. Run the same command again: they are computed anew.`,
  );
}
