/** What one epoch of a training measured. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly train: {
    readonly crossEntropy: number;
    /** Each penalty's similarity, before beta, averaged over the epoch, by the penalty's name. */
    readonly penalties: Readonly<Record<string, number>>;
    readonly accuracy: number;
  };
  readonly validation: { readonly crossEntropy: number; readonly accuracy: number };
  /** CKA to the orthogonal network at the tap on validation clips. */
  readonly cka: number | undefined;
  readonly seconds: number;
}
