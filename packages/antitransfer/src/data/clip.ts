import type { LeftOut } from './account/account.js';

/**
 * One recording, or a segment of one, with everything that is known about it.
 * Any label column can be the target, the orthogonal task, or the group that a split keeps together.
 */
export interface Clip {
  /** Unique in its corpus and stable between machines: the path below the corpus, `#start` appended for a segment. */
  readonly id: string;
  /** Absolute path of the audio file. */
  readonly path: string;
  /** Where the segment begins, in seconds; the file's start when absent. */
  readonly start?: number;
  /** How long the segment is, in seconds; to the file's end when absent. */
  readonly duration?: number;
  /** Label column to label, for example `{ digit: '7', speaker: 'theo' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Noise to be mixed in when the clip is read. */
  readonly noise?: NoiseMix;
  /** The longer clip that this is a window of: what is said of its windows is averaged. */
  readonly whole?: Clip;
}

/** Noise mixed into a clip at a signal-to-noise ratio. */
export interface NoiseMix {
  /** Absolute path of the noise recording. */
  readonly path: string;
  /** Where the noise segment begins, in seconds. */
  readonly start: number;
  /** Signal-to-noise ratio in dB: mean power of the clip over mean power of the noise segment. */
  readonly snr: number;
}

/** A named collection of clips. */
export interface Corpus {
  readonly name: string;
  readonly clips: readonly Clip[];
  /** Label column whose labels splits at random keep together: speakers with many takes of one word, for example. */
  readonly group?: string;
  /** What was found where the clips are; absent of a corpus that was not loaded. */
  readonly inventory?: Inventory;
}

/** What a corpus was found to hold, in counts. */
export interface Inventory {
  /** What its clips are found as. */
  readonly unit: 'files' | 'rows';
  /** How many there are; what comes with a corpus and describes it does not count. */
  readonly found: number;
  /** Those that are no clips. */
  readonly leftOut: readonly LeftOut[];
  /** What else is to be known: a sentence each. */
  readonly warnings?: readonly string[];
}
