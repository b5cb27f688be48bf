import type { Value } from '../graph/value.js';
import { checkLabels } from '../labels.js';
import { hasTrait } from '../operators/catalogue.js';
import { logSoftmax, mean, neg, squeeze, unsqueeze } from './expressions.js';

/**
 * Mean cross-entropy of a batch.
 *
 * @param logits `(batch, classes)`, before softmax.
 * @param labels `(batch)`, int64, each from 0 to `classes - 1`. A session checks those that it is fed.
 * @returns a scalar, in nats.
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  return mean(crossEntropyPerSample(logits, labels), undefined, false);
}

/** Cross-entropy of each sample: `(batch)`. Logits and labels as for {@link crossEntropy}. */
export function crossEntropyPerSample(logits: Value, labels: Value): Value {
  const classes = logits.knownShape.at(-1);
  if (typeof classes === 'number') rememberClasses(labels, classes);
  const picked = logits.graph.apply('GatherElements', [logSoftmax(logits, -1), unsqueeze(labels, [1])], {
    axis: 1,
  });
  return neg(squeeze(picked, [1]));
}

/**
 * Has labels checked where they come from: ONNX Runtime takes -1 for the last class, and of another number that is no
 * class it says only that an index is out of range.
 */
function rememberClasses(labels: Value, classes: number): void {
  const { graph, producer, data } = labels;
  if (data !== undefined) checkLabels(`The constant "${labels.name}"`, data.data, classes);
  else if (producer === undefined) graph.expectClasses(labels, classes);
  else if (hasTrait(producer, 'passesOn') && producer.inputs[0]) rememberClasses(producer.inputs[0], classes);
}
