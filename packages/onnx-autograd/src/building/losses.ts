import type { Value } from '../graph/value.js';
import { checkLabels } from '../labels.js';
import { hasTrait } from '../operators/catalogue.js';
import { int64 } from '../tensor.js';
import {
  cast,
  greaterOrEqual,
  less,
  logSoftmax,
  mean,
  neg,
  squeeze,
  unsqueeze,
  where,
} from './expressions.js';

/**
 * Mean cross-entropy of a batch.
 *
 * @param logits `(batch, classes)`, before softmax.
 * @param labels `(batch)`, int64, each from 0 to `classes - 1`. A session checks those that it is fed; where the graph
 *   computes one that is no class, the loss is NaN, so that no step is made.
 * @returns a scalar, in nats.
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  return mean(crossEntropyPerSample(logits, labels), undefined, false);
}

/** Cross-entropy of each sample: `(batch)`. Logits and labels as for {@link crossEntropy}. */
export function crossEntropyPerSample(logits: Value, labels: Value): Value {
  const classes = logits.knownShape.at(-1);
  if (typeof classes !== 'number' || areChecked(labels, classes)) return ofClasses(logits, labels);
  const whole = (number: number) => cast(labels.graph.constant(int64(number), 'class'), labels.type);
  const bounds = [greaterOrEqual(labels, whole(0)), less(labels, whole(classes))];
  const isClass = labels.graph.apply('And', bounds);
  return where(isClass, ofClasses(logits, where(isClass, labels, whole(0))), Number.NaN);
}

function ofClasses(logits: Value, labels: Value): Value {
  const inputs = [logSoftmax(logits, -1), unsqueeze(labels, [1])];
  return neg(squeeze(logits.graph.apply('GatherElements', inputs, { axis: 1 }), [1]));
}

/**
 * Has labels checked where they come from: ONNX Runtime takes -1 for the last class, and of another number that is no
 * class it says only that an index is out of range.
 *
 * @returns whether they can be: those that a graph computes are known only when it runs.
 */
function areChecked(labels: Value, classes: number): boolean {
  const { graph, producer, data } = labels;
  if (data !== undefined) checkLabels(`The constant "${labels.name}"`, data.data, classes);
  else if (producer === undefined) graph.expectClasses(labels, classes);
  else {
    const [source] = producer.inputs;
    return hasTrait(producer, 'passesOn') && source !== undefined && areChecked(source, classes);
  }
  return true;
}
