import { GraphError } from '../../errors.js';
import { describeShape } from '../../graph/shape.js';
import type { Value } from '../../graph/value.js';
import { add, logSoftmax, mul, neg, squeeze, sum, unsqueeze } from '../expressions.js';
import {
  type ClassOptions,
  classesOf,
  classWeights,
  maskedLosses,
  type SafeLabels,
  safeLabels,
  sampleWeights,
  weightedMean,
} from './labels.js';

/** What cross-entropy may be told beside logits and labels. */
export interface CrossEntropyOptions extends ClassOptions {
  /** The part of each label that is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Mean cross-entropy of a batch, by PyTorch's formula: with class weights, the sum of the weighted losses by the sum of
 * the labels' weights. Where nothing counts (every sample is ignored) it is 0.
 *
 * @param logits `(batch, classes)`, or `(batch, classes, ...positions)` for a label at each position, before softmax.
 * @param labels `(batch)` or `(batch, ...positions)`, int64, each from 0 to `classes - 1`. A session checks those that it
 *   is fed; where the graph computes one that is no class, the loss is NaN, so that no step is made.
 * @param options weights of classes, smoothing, the label that is left out.
 * @returns a scalar, in nats.
 * @throws GraphError when an option does not fit.
 */
export function crossEntropy(logits: Value, labels: Value, options: CrossEntropyOptions = {}): Value {
  const safe = safeLabels(labels, classesOf(logits), options.ignoreLabel);
  const losses = crossEntropyOf(logits, safe, options);
  return weightedMean(losses, sampleWeights(logits, safe, options.classWeights));
}

/**
 * Cross-entropy of each sample, in the shape of the labels: 0 of those that are ignored. Logits, labels and options as for
 * {@link crossEntropy}.
 *
 * @throws GraphError when an option does not fit.
 */
export function crossEntropyPerSample(
  logits: Value,
  labels: Value,
  options: CrossEntropyOptions = {},
): Value {
  return crossEntropyOf(logits, safeLabels(labels, classesOf(logits), options.ignoreLabel), options);
}

/** The loss of each sample, of labels that can be looked up. */
export function crossEntropyOf(
  logits: Value,
  safe: SafeLabels,
  { classWeights: weights, labelSmoothing = 0 }: CrossEntropyOptions = {},
): Value {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new GraphError(`The labelSmoothing is ${labelSmoothing}; it is a number from 0 to 1.`);
  }
  requireFit(logits, safe.labels);
  const logs = logSoftmax(logits, logits.rank === 2 ? -1 : 1);
  const indices = unsqueeze(safe.labels, [1]);
  const plain = neg(squeeze(logits.graph.apply('GatherElements', [logs, indices], { axis: 1 }), [1]));
  const weight = sampleWeights(logits, { labels: safe.labels }, weights);
  const own = weight === undefined ? plain : mul(plain, weight);
  const losses = labelSmoothing === 0 ? own : smoothed(own, logs, labelSmoothing, weights);
  return maskedLosses(losses, safe);
}

/** @throws GraphError where labels do not have the logits' axes but for that of the classes */
function requireFit(logits: Value, labels: Value): void {
  if (logits.shape === undefined || labels.shape === undefined || logits.rank === labels.rank + 1) return;
  throw new GraphError(
    `The logits "${logits.name}" are ${describeShape(logits.shape)}, the labels ${describeShape(labels.shape)}: logits have the ` +
      "labels' axes, and behind the first one of the classes. Average or flatten what the network has too many.",
  );
}

/** @param own the loss of each sample with its own label */
function smoothed(own: Value, logs: Value, smoothing: number, weights?: readonly number[]): Value {
  const classes = classesOf(logs);
  if (classes === undefined) throw new GraphError('Label smoothing wants a known number of classes.');
  const behind = logs.knownShape.slice(2).map((_, axis) => axis + 1);
  const weighted = (list: readonly number[]) => {
    const column = classWeights(logs, list);
    return mul(logs, behind.length === 0 ? column : unsqueeze(column, behind));
  };
  const all = sum(weights === undefined ? logs : weighted(weights), [1], false);
  return add(mul(own, 1 - smoothing), mul(all, -smoothing / classes));
}
