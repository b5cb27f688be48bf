import type { Network } from '../networks/network.js';
import type { AggregationName } from './aggregations.js';
import type { SimilarityName } from './similarities.js';

/** A term of the loss: `beta` times how alike the network and a frozen one are at a tap. */
export interface Penalty {
  /** Told apart by it in metrics, unique in a training. */
  readonly name: string;
  /** The frozen network, trained earlier on the orthogonal task. */
  readonly frozen: Network;
  /** A convolution of both networks, for example `conv2_2`. */
  readonly tap: string;
  /** The convolution of the frozen network, when it is another. */
  readonly frozenTap?: string;
  readonly position: 'before' | 'after';
  readonly aggregation: AggregationName;
  readonly similarity: SimilarityName;
  readonly beta: number;
  /** The clips that it looks at: the target batch, or clips of its own, whose target labels are not in the loss. */
  readonly clips: 'batch' | 'auxiliary';
  /** A control: each clip is compared with the frozen network's maps of another clip. */
  readonly shuffled: boolean;
}

/** What {@link antiTransfer} is told; only the orthogonal network and the tap have no default. */
export interface AntiTransferOptions extends Partial<Omit<Penalty, 'frozen' | 'tap'>> {
  /** The network trained on what is to be forgotten. It is not changed. */
  readonly orthogonal: Network;
  readonly tap: string;
}

/**
 * The anti-transfer penalty (arXiv 2006.06494, section 3): `beta` times the similarity of the network's feature maps
 * with those of a network trained on an orthogonal task. The defaults are the paper's, with one Gram matrix a sample.
 *
 * ```ts
 * const forgetSpeaker = antiTransfer({ orthogonal: speakers, tap: 'conv4_2', beta: 1 });
 * ```
 */
export function antiTransfer({ orthogonal, ...options }: AntiTransferOptions): Penalty {
  return {
    name: options.similarity ?? 'squared-cosine',
    position: 'after',
    aggregation: 'gram',
    similarity: 'squared-cosine',
    beta: 1,
    clips: 'batch',
    shuffled: false,
    ...options,
    frozen: orthogonal,
  };
}
