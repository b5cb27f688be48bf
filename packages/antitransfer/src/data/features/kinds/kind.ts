import type { Value } from 'onnx-autograd';
import type { FeatureSettings } from '../settings.js';

/** One way to turn samples into features. */
export interface FeatureKind {
  /** One line for people. */
  readonly description: string;
  /**
   * Adds the nodes that compute the features.
   *
   * @param samples `(batch, samples)`, a segment a row
   */
  build(samples: Value, settings: FeatureSettings): KindOutput;
}

interface KindOutput {
  /** `(batch, bins, frames)`. */
  readonly features: Value;
  /** Centre of each bin in Hz; undefined where a bin is no frequency. */
  readonly frequencies: readonly number[] | undefined;
}
