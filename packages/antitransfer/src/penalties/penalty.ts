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
  /** The clips that it looks at: the target batch, or clips of their own whose target labels are not looked at. */
  readonly clips: 'batch' | 'auxiliary';
  /** A control: each clip is compared with the frozen network's maps of another clip. */
  readonly shuffled: boolean;
}
