/** What networks were given of a clip. */
export interface ClipFeaturesView {
  readonly frames: number;
  readonly bins: number;
  /** Standardised, frames x bins: 32-bit floats, the lowest byte first, in base64. No digit is lost. */
  readonly values: string;
  /** Seconds from one frame to the next; the first is centred on the first sample. */
  readonly hopSeconds: number;
  /** Centre of each bin in Hz; absent where a bin is no frequency (mfcc). */
  readonly frequencies?: readonly number[];
  /** Length of the segment, in seconds. */
  readonly seconds: number;
  /** Zeros before and behind the clip in its segment, and what was cut off, in seconds; absent where it is not known. */
  readonly place?: {
    readonly before: number;
    readonly after: number;
    readonly cutBefore: number;
    readonly cutAfter: number;
  };
}
