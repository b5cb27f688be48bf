import { GraphError } from '../errors.js';
import { logSoftmax, mean, neg, squeeze, unsqueeze } from './expressions.js';
import type { Value } from './graph.js';

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

/** Nodes that pass every number on, at most as another type or in another shape. */
const passingOn = new Set([
  'Cast',
  'Expand',
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/**
 * Has labels checked where they come from: ONNX Runtime takes -1 for the last class, and of another number that is no
 * class it says only that an index is out of range.
 */
function rememberClasses(labels: Value, classes: number): void {
  const { producer, data } = labels;
  if (data !== undefined) checkLabels(`The constant "${labels.name}"`, data.data, classes);
  else if (producer === undefined) labels.classes = Math.min(labels.classes ?? classes, classes);
  else if (passingOn.has(producer.operator) && producer.inputs[0])
    rememberClasses(producer.inputs[0], classes);
}

/**
 * @param what the labels are, as a sentence begins.
 * @throws GraphError that tells the first label that is no class, and its position.
 */
export function checkLabels(what: string, labels: ArrayLike<number | bigint>, classes: number): void {
  for (let position = 0; position < labels.length; position++) {
    const label = Number(labels[position]);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new GraphError(
      `${what} has the label ${label} at position ${position}. There are ${classes} classes: labels are whole numbers ` +
        `from 0 to ${classes - 1}. Leave samples without a label out of the batch.`,
    );
  }
}
