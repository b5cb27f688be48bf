import { GraphError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import { float32 } from '../../tensor.js';
import { add, mean, mul, neg, sub } from '../expressions.js';

/** What binary cross-entropy may be told beside logits and targets. */
export interface BinaryCrossEntropyOptions {
  /** How much the presence of each class counts beside its absence, along the last axis; 1 when absent. */
  readonly positiveWeights?: readonly number[];
}

/**
 * Mean binary cross-entropy, for classes of which several may be present at once (sound events, tags): of each logit and
 * target `-w t log p - (1 - t) log(1 - p)`, `p` being the sigmoid of the logit.
 *
 * @param logits `(batch, ..., classes)`, before the sigmoid.
 * @param targets of the same shape, float32: 1 where the class is present, 0 where it is not, or anything between.
 * @param options weights of presence.
 * @returns a scalar, in nats: the mean of all elements.
 * @throws GraphError when there are not as many weights as classes.
 */
export function binaryCrossEntropy(
  logits: Value,
  targets: Value,
  options: BinaryCrossEntropyOptions = {},
): Value {
  return mean(binaryCrossEntropyPerElement(logits, targets, options), undefined, false);
}

/**
 * Binary cross-entropy of each element, in the shape of the logits: for targets some of which are unknown, times a mask.
 * Logits, targets and options as for {@link binaryCrossEntropy}.
 *
 * @throws GraphError when there are not as many weights as classes.
 */
export function binaryCrossEntropyPerElement(
  logits: Value,
  targets: Value,
  { positiveWeights }: BinaryCrossEntropyOptions = {},
): Value {
  // -log p and -log(1 - p), without overflow.
  const absent = softplus(logits);
  const present = mul(softplus(neg(logits)), targets);
  const weighed =
    positiveWeights === undefined ? present : mul(present, weightsOfPresence(logits, positiveWeights));
  return add(weighed, mul(absent, sub(1, targets)));
}

function softplus(x: Value): Value {
  return x.graph.apply('Softplus', [x]);
}

function weightsOfPresence(logits: Value, weights: readonly number[]): Value {
  const classes = logits.knownShape.at(-1);
  if (classes !== weights.length || !weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
    throw new GraphError(
      `The positiveWeights are ${weights.join(', ')}; wanted are ${classes} numbers, 0 or more.`,
    );
  }
  return logits.graph.constant(float32([...weights]), 'positive_weights');
}
