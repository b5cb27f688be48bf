import { logSoftmax, mean, neg, squeeze, unsqueeze } from './expressions.js';
import type { Value } from './graph/graph.js';

/**
 * Mean cross-entropy of a batch.
 *
 * @param logits `(batch, classes)`, before softmax.
 * @param labels `(batch)`, int64, each from 0 to `classes - 1`.
 * @returns a scalar, in nats.
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  return mean(crossEntropyPerSample(logits, labels), undefined, false);
}

/** Cross-entropy of each sample: `(batch)`. */
export function crossEntropyPerSample(logits: Value, labels: Value): Value {
  const picked = logits.graph.apply('GatherElements', [logSoftmax(logits, -1), unsqueeze(labels, [1])], {
    axis: 1,
  });
  return neg(squeeze(picked, [1]));
}
