import { settingsOf } from '../../registry.js';
import { frontEnds } from './kinds/registry.js';
import type { FeatureSettings } from './settings.js';

/** How features follow the loudness of the sound that they are computed from. */
export interface Amplitude {
  /** What the features of silence are, in every frame the same: `(bins)`. */
  readonly silence: Float32Array;
  /**
   * Changes features in place as if the samples had been multiplied by a factor.
   *
   * @param features frames x bins, not standardised
   * @param factor above 0
   */
  amplify(features: Float32Array, factor: number): void;
}

/** Louder, softer and silent features, without the sound. */
export function amplitudeOf(settings: FeatureSettings): Amplitude {
  const frontEnd = frontEnds.find(settings.kind);
  const own = settingsOf(frontEnd, settings);
  return {
    silence: frontEnd.silence(own, settings),
    amplify: (features, factor) => frontEnd.amplify(features, factor, own),
  };
}
