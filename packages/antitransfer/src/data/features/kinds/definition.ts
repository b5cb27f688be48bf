import type { Value } from 'onnx-autograd';
import type { z } from 'zod';
import type { Definition } from '../../../registry.js';
import type { SegmentSettings } from '../segment-settings.js';

/** A way to turn samples into features, as the registry knows it. */
export interface FrontEndDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  readonly settings: Settings;
  /** Values that are fine by themselves and do not go together: what is wrong, by the key that is to be changed. */
  conflicts(settings: z.infer<Settings>, segment: SegmentSettings): Readonly<Record<string, string>>;
  /** Settings that stand for other values, such as null for all, as those values. */
  resolve?(settings: z.infer<Settings>, segment: SegmentSettings): Partial<z.infer<Settings>>;
  /**
   * Adds the nodes that compute the features.
   *
   * @param samples `(batch, samples)`, a segment a row
   * @throws UserError when the settings do not fit the segment
   */
  create(settings: z.infer<Settings>, samples: Value, segment: SegmentSettings): ComputedFeatures;
  /** What the features of silence are, in every frame the same: `(bins)`. */
  silence(settings: z.infer<Settings>, segment: SegmentSettings): Float32Array;
  /**
   * Changes features in place as if the samples had been multiplied by a factor.
   *
   * @param features frames x bins
   * @param factor above 0
   */
  amplify(features: Float32Array, factor: number, settings: z.infer<Settings>): void;
}

export interface ComputedFeatures {
  /** `(batch, bins, frames)`. */
  readonly features: Value;
  /** Centre of each bin in Hz; undefined where a bin is no frequency. */
  readonly frequencies: readonly number[] | undefined;
}

/** Types a definition by its settings. */
export function defineFrontEnd<const Name extends string, Settings extends z.ZodObject>(
  definition: FrontEndDefinition<Name, Settings>,
): FrontEndDefinition<Name, Settings> {
  return definition;
}
