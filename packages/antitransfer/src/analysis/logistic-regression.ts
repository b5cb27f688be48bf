import { argmax } from '../numbers/argmax.js';
import { mean } from '../numbers/mean.js';
import { type MinimiseOptions, minimise } from './lbfgs.js';
import { featureMeans, type Vectors } from './vectors.js';

/** Weights of a multinomial logistic regression: for each class, one weight a feature and the bias. */
export interface LogisticRegression {
  /** Number of classes. */
  readonly classes: number;
  /** Shape (classes, features + 1); the bias is the last column. */
  readonly weights: Float64Array;
}

export interface LogisticRegressionOptions extends MinimiseOptions {
  /** Weight of half the squared weights, the biases excepted, beside the mean cross-entropy: 1 / (n C) of scikit-learn. */
  readonly l2: number;
  /** Where to begin, for example at the weights for another `l2`. */
  readonly start?: LogisticRegression;
}

/**
 * Fits a multinomial logistic regression: minimises the mean cross-entropy of the softmax plus `l2 / 2` times the
 * squared weights.
 *
 * @param vectors shape (n, features)
 * @param labels shape (n), whole numbers from 0
 */
export function fitLogisticRegression(
  vectors: Vectors,
  labels: readonly number[],
  classes: number,
  options: LogisticRegressionOptions,
): LogisticRegression {
  const { l2, start } = options;
  const width = (vectors[0]?.length ?? 0) + 1;
  const logits = new Float64Array(classes);
  const objective = (weights: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let loss = 0;
    for (const [index, vector] of vectors.entries()) {
      writeLogits(weights, vector, logits);
      loss += softmaxInPlace(logits, labels[index]!);
      for (let label = 0; label < classes; label++) {
        const error = (logits[label]! - (label === labels[index] ? 1 : 0)) / vectors.length;
        const offset = label * width;
        for (let feature = 0; feature < width - 1; feature++) {
          gradient[offset + feature]! += error * vector[feature]!;
        }
        gradient[offset + width - 1]! += error;
      }
    }
    let squares = 0;
    for (let i = 0; i < weights.length; i++) {
      if (i % width === width - 1) continue;
      squares += weights[i]! ** 2;
      gradient[i]! += l2 * weights[i]!;
    }
    return loss / vectors.length + (l2 / 2) * squares;
  };
  const first = start?.weights ?? new Float64Array(classes * width);
  return { classes, weights: minimise(objective, first, options) };
}

/** The most probable class of each vector. */
export function classify({ classes, weights }: LogisticRegression, vectors: Vectors): number[] {
  const logits = new Float64Array(classes);
  return vectors.map((vector) => {
    writeLogits(weights, vector, logits);
    return argmax(logits);
  });
}

/** Mean cross-entropy on the vectors, in nats. */
export function logLoss(
  { classes, weights }: LogisticRegression,
  vectors: Vectors,
  labels: readonly number[],
): number {
  const logits = new Float64Array(classes);
  let loss = 0;
  for (const [index, vector] of vectors.entries()) {
    writeLogits(weights, vector, logits);
    loss += softmaxInPlace(logits, labels[index]!);
  }
  return loss / vectors.length;
}

function writeLogits(weights: Float64Array, vector: ArrayLike<number>, logits: Float64Array): void {
  const width = vector.length + 1;
  for (let label = 0; label < logits.length; label++) {
    const offset = label * width;
    let sum = weights[offset + width - 1]!;
    for (let feature = 0; feature < vector.length; feature++)
      sum += weights[offset + feature]! * vector[feature]!;
    logits[label] = sum;
  }
}

/** Makes probabilities of logits; returns the cross-entropy of the true class. */
function softmaxInPlace(logits: Float64Array, truth: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  const trueLogit = logits[truth]! - highest;
  let sum = 0;
  for (let label = 0; label < logits.length; label++) {
    logits[label] = Math.exp(logits[label]! - highest);
    sum += logits[label]!;
  }
  for (let label = 0; label < logits.length; label++) logits[label]! /= sum;
  return Math.log(sum) - trueLogit;
}

/** Makes features of mean 0 and deviation 1 over the given vectors; a constant feature becomes 0. */
export function standardiser(vectors: Vectors): (vector: ArrayLike<number>) => Float64Array {
  const means = featureMeans(vectors);
  const variances = new Float64Array(means.length);
  for (const vector of vectors) {
    for (let i = 0; i < means.length; i++) variances[i]! += (vector[i]! - means[i]!) ** 2 / vectors.length;
  }
  // A feature that varies only by rounding would become noise.
  const scales = variances.map((variance, i) =>
    variance > 1e-12 * means[i]! ** 2 ? 1 / Math.sqrt(variance) : 0,
  );
  return (vector) => means.map((mean, i) => (vector[i]! - mean) * scales[i]!);
}

/** A model of standardised vectors as one of the vectors themselves. */
export function unstandardised(
  { classes, weights }: LogisticRegression,
  standardise: (vector: ArrayLike<number>) => Float64Array,
): LogisticRegression {
  const width = weights.length / classes;
  const offset = standardise(new Float64Array(width - 1));
  const scale = standardise(new Float64Array(width - 1).fill(1)).map((value, i) => value - offset[i]!);
  const raw = weights.slice();
  for (let label = 0; label < classes; label++) {
    for (let i = 0; i < width - 1; i++) {
      const at = label * width + i;
      raw[at] = weights[at]! * scale[i]!;
      raw[label * width + width - 1]! += weights[at]! * offset[i]!;
    }
  }
  return { classes, weights: raw };
}

/** The mean of several models of the same classes and features. */
export function averaged(models: readonly LogisticRegression[]): LogisticRegression {
  const [first] = models;
  if (first === undefined) throw new RangeError('There is no model to be averaged.');
  const weights = first.weights.map((_, i) => mean(models.map((model) => model.weights[i]!)));
  return { classes: first.classes, weights };
}
