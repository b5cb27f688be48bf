import { expressions, type Value } from 'onnx-autograd';
import { type Network, tapped } from '../networks/network.js';
import { averageOverSpace } from './average-over-space.js';
import type { ClipSource, FrozenAnswer } from './objective.js';

const { div, maximum, mean, softmax, sqrt, square, sub } = expressions;

/** Below this variance over the clips a feature of the frozen network counts as constant. */
const varianceFloor = 1e-8;

/** What a frozen network is asked about clips. */
export interface Asked {
  /** Its averaged maps at the tap, or its class probabilities. */
  readonly what: 'features' | 'answers';
  readonly frozen: Network;
  readonly tap: string;
  readonly position: 'before' | 'after';
  readonly clips: ClipSource;
  readonly shuffled: boolean;
}

/** One vector a clip: `(clips, channels)`, or `(clips, classes)`. Its key is what is asked. */
export function frozenStatement({ what, frozen, tap, position, clips, shuffled }: Asked): FrozenAnswer {
  const common = { key: what, clips, network: frozen, shuffled };
  return what === 'features'
    ? { ...common, value: tapped(frozen, tap, position), prepare: averageOverSpace }
    : { ...common, value: frozen.logits, prepare: (logits) => softmax(logits, -1) };
}

/** Each column less its mean over the clips, divided by its deviation. */
export function standardisedOverBatch(columns: Value): Value {
  const centred = sub(columns, mean(columns, [0]));
  return div(centred, sqrt(maximum(mean(square(centred), [0]), varianceFloor)));
}
