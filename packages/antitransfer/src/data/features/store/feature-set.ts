import type { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';

/** The features of clips, in memory. */
export interface FeatureSet {
  /** `[channels, frames, bins]` of one clip. */
  readonly shape: readonly [1, number, number];
  /** Clips x frames x bins, row-major, in the order of `clips`; not standardised. */
  readonly data: Float32Array;
  /** The clips that could be used. */
  readonly clips: readonly Clip[];
  /** Why the others could not, once a recording and reason. */
  readonly problems: readonly AudioError[];
}
