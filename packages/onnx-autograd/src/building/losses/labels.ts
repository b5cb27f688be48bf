import { GraphError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import { checkLabels, type LabelRange } from '../../labels.js';
import { hasTrait } from '../../operators/catalogue.js';
import { float32, int64 } from '../../tensor.js';
import { cast, div, equal, gather, greaterOrEqual, less, mean, mul, sum, where } from '../expressions.js';

/** What losses of classes may be told beside logits and labels. */
export interface ClassOptions {
  /** How much each class counts; all count 1 when absent. */
  readonly classWeights?: readonly number[];
  /** The label of samples that are left out of the loss, such as -100; it is no class. */
  readonly ignoreLabel?: number;
}

/** Labels that can be looked up, and what was wrong with them before. */
export interface SafeLabels {
  /** Each from 0 to `classes - 1`. */
  readonly labels: Value;
  /** Where there is a label, bool; everywhere when absent. */
  readonly kept?: Value;
  /** Where the label is one that may be, bool; everywhere when absent. */
  readonly known?: Value;
}

/** The number of classes of `(batch, classes, ...positions)`, where it is known. */
export function classesOf(logits: Value): number | undefined {
  const classes = logits.knownShape[1];
  return typeof classes === 'number' ? classes : undefined;
}

/**
 * @param classes how many there are, where it is known.
 * @param ignored stands where there is no label.
 */
export function safeLabels(labels: Value, classes: number | undefined, ignored?: number): SafeLabels {
  if (ignored !== undefined && ignored >= 0 && ignored < (classes ?? Number.POSITIVE_INFINITY)) {
    throw new GraphError(`The ignoreLabel ${ignored} is a class; take a number that is none, such as -100.`);
  }
  const { graph } = labels;
  const whole = (number: number) => cast(graph.constant(int64(number), 'class'), labels.type);
  const kept = ignored === undefined ? undefined : graph.apply('Not', [equal(labels, whole(ignored))]);
  if (classes === undefined || areChecked(labels, { classes, ignored })) {
    return kept === undefined ? { labels } : { labels: where(kept, labels, whole(0)), kept };
  }
  const bounds = [greaterOrEqual(labels, whole(0)), less(labels, whole(classes))];
  const isClass = graph.apply('And', bounds);
  const safe = where(isClass, labels, whole(0));
  if (ignored === undefined) return { labels: safe, known: isClass };
  return { labels: safe, kept: isClass, known: graph.apply('Or', [isClass, equal(labels, whole(ignored))]) };
}

/** Losses of samples: 0 where there is no label, NaN where there is one that may not be. */
export function maskedLosses(losses: Value, { kept, known }: SafeLabels): Value {
  const counted = kept === undefined ? losses : where(kept, losses, 0);
  return known === undefined ? counted : where(known, counted, Number.NaN);
}

/**
 * Has labels checked where they come from: ONNX Runtime takes -1 for the last class, and of another number that is no
 * class it says only that an index is out of range.
 *
 * @returns whether they can be: those that a graph computes are known only when it runs.
 */
function areChecked(labels: Value, range: LabelRange): boolean {
  const { graph, producer, data } = labels;
  if (data !== undefined) checkLabels(`The constant "${labels.name}"`, data.data, range);
  else if (producer === undefined) graph.expectLabels(labels, range);
  else {
    const [source] = producer.inputs;
    return hasTrait(producer, 'passesOn') && source !== undefined && areChecked(source, range);
  }
  return true;
}

/** The weights of classes as a constant, `(classes)`. */
export function classWeights(logits: Value, weights: readonly number[]): Value {
  const classes = classesOf(logits);
  if (classes !== weights.length || !weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
    throw new GraphError(
      `The classWeights are ${weights.join(', ')}; wanted are ${classes ?? 'as many as classes'} numbers, 0 or more.`,
    );
  }
  return logits.graph.constant(float32([...weights]), 'class_weights');
}

/** The weight of each sample, in the labels' shape, 0 where there is no label; all count equally when absent. */
export function sampleWeights(
  logits: Value,
  { labels, kept }: SafeLabels,
  weights?: readonly number[],
): Value | undefined {
  const own = weights === undefined ? undefined : gather(classWeights(logits, weights), labels, 0);
  const counted = kept === undefined ? undefined : cast(kept, 'float32');
  return own && counted ? mul(own, counted) : (own ?? counted);
}

/** The sum of weighted losses by the sum of the weights: a scalar, and 0 where nothing counts. */
export function weightedMean(losses: Value, weights: Value | undefined): Value {
  if (weights === undefined) return mean(losses, undefined, false);
  const axes = losses.knownShape.map((_, axis) => axis);
  const total = sum(weights, axes, false);
  const divisor = where(equal(total, 0), 1, total);
  return div(sum(losses, axes, false), divisor);
}
