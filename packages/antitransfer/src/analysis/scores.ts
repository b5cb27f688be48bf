import { groupBy } from '../group-by.js';
import { mean, sum } from '../numbers/mean.js';
import { codeUnitOrder } from '../numbers/order.js';
import { brierScore, expectedCalibrationError } from './calibration.js';

/** What a network predicted of one clip. */
export interface ClassPrediction {
  /** The clip's id. */
  readonly clip: string;
  readonly truth: string;
  readonly predicted: string;
  /** In the order of the classes. */
  readonly probabilities: readonly number[];
}

/** How well a network did on some clips. */
export interface ClassScores {
  /** In [0, 1]. */
  readonly accuracy: number;
  /** Mean over classes of the F1 score, in [0, 1]. */
  readonly macroF1: number;
  /** Mean over classes of the precision, in [0, 1]. */
  readonly macroPrecision: number;
  /** Mean over classes of the recall (unweighted average recall, UAR), in [0, 1]. */
  readonly balancedAccuracy: number;
  readonly crossEntropy: number;
}

/** How well a network did on its test clips. */
export interface TestScores extends ClassScores {
  /** Expected calibration error over 15 bins of confidence, in [0, 1]. */
  readonly calibrationError: number;
  /** Mean squared distance of the probabilities from the truth, in [0, 2]. */
  readonly brierScore: number;
  /** On the test clips whose orthogonal label contradicts the confound of the training set, when there is one. */
  readonly contradicting: { readonly accuracy: number; readonly count: number } | undefined;
}

/** Probabilities are computed in single precision. */
const ROUNDING = 1e-4;

type Answer = Pick<ClassPrediction, 'truth' | 'predicted'>;

/** Probabilities below this count as this, so that one certain mistake does not make the mean infinite (scikit-learn). */
const LEAST_PROBABILITY = Number.EPSILON;

/**
 * Part of the predictions that are right, in [0, 1].
 *
 * @throws RangeError when there are none
 */
export function accuracyOf(predictions: readonly Answer[]): number {
  requireSome(predictions);
  return predictions.filter(({ truth, predicted }) => truth === predicted).length / predictions.length;
}

/**
 * How often each class was taken for each: rows are true classes, columns predicted ones.
 *
 * @throws RangeError for a label that is not among the classes
 */
export function confusionMatrix(predictions: readonly Answer[], classes: readonly string[]): number[][] {
  const indices = indicesOf(classes);
  const matrix = classes.map(() => classes.map(() => 0));
  for (const { truth, predicted } of predictions) {
    const row = indexIn(indices, truth);
    const column = indexIn(indices, predicted);
    matrix[row]![column]! += 1;
  }
  return matrix;
}

/**
 * Mean over classes of the F1 score, in [0, 1]. A class that was never predicted rightly has F1 0; one that is neither
 * among the truths nor among the predictions is left out (scikit-learn's `f1_score` with `average='macro'`,
 * `zero_division=0`).
 */
export function macroF1(predictions: readonly Answer[]): number {
  requireSome(predictions);
  const classes = [...new Set(predictions.flatMap(({ truth, predicted }) => [truth, predicted]))];
  const matrix = confusionMatrix(predictions, classes);
  const scores = matrix.map((row, index) => {
    const right = row[index]!;
    const actual = sum(row);
    const named = sum(matrix.map((other) => other[index]!));
    return (2 * right) / (actual + named);
  });
  return mean(scores);
}

/**
 * Mean over classes of the part of what was named so that is so, in [0, 1]. A class that was never named has precision 0; one
 * that is neither among the truths nor among the predictions is left out (scikit-learn's `precision_score` with
 * `average='macro'`, `zero_division=0`).
 */
export function macroPrecision(predictions: readonly Answer[]): number {
  requireSome(predictions);
  const classes = [...new Set(predictions.flatMap(({ truth, predicted }) => [truth, predicted]))];
  const matrix = confusionMatrix(predictions, classes);
  const scores = matrix.map((row, index) => {
    const named = sum(matrix.map((other) => other[index]!));
    return named === 0 ? 0 : row[index]! / named;
  });
  return mean(scores);
}

/**
 * Mean over the classes among the truths of the part that was recognised, in [0, 1]: unweighted average recall, UAR, as in
 * emotion recognition, where classes are unequally large (scikit-learn's `balanced_accuracy_score`).
 */
export function balancedAccuracy(predictions: readonly Answer[]): number {
  return mean(accuracyByGroup(predictions, ({ truth }) => truth).groups.map(({ accuracy }) => accuracy));
}

/**
 * Mean of minus the logarithm of the true class's probability, in nats.
 *
 * @param classes in the order of the probabilities
 * @throws RangeError when a probability is none, as NaN is
 */
export function crossEntropy(
  predictions: readonly Pick<ClassPrediction, 'truth' | 'probabilities'>[],
  classes: readonly string[],
): number {
  requireSome(predictions);
  const indices = indicesOf(classes);
  const losses = predictions.map(({ truth, probabilities }) => {
    const probability = probabilities[indexIn(indices, truth)]!;
    if (!(probability >= 0 && probability <= 1 + ROUNDING)) {
      throw new RangeError(`The probability of "${truth}" is ${probability}; it is a number in [0, 1].`);
    }
    return -Math.log(Math.max(probability, LEAST_PROBABILITY));
  });
  return mean(losses);
}

/** Accuracy by group, and how far groups lie apart. */
export interface GroupAccuracies {
  /** Sorted by group. */
  readonly groups: readonly { readonly group: string; readonly accuracy: number; readonly count: number }[];
  /** Highest less lowest accuracy of a group, in [0, 1]. */
  readonly largestGap: number;
}

/** Accuracy within each group, for example each speaker, and how unequal they are. */
export function accuracyByGroup<P extends Answer>(
  predictions: readonly P[],
  groupOf: (prediction: P) => string,
): GroupAccuracies {
  requireSome(predictions);
  const groups = [...groupBy(predictions, groupOf)]
    .map(([group, members]) => ({ group, accuracy: accuracyOf(members), count: members.length }))
    .sort((a, b) => codeUnitOrder(a.group, b.group));
  const accuracies = groups.map((group) => group.accuracy);
  return { groups, largestGap: Math.max(...accuracies) - Math.min(...accuracies) };
}

/**
 * All scores of answers on some clips.
 *
 * @param classes in the order of the probabilities
 */
export function classScores(
  predictions: readonly Omit<ClassPrediction, 'clip'>[],
  classes: readonly string[],
): ClassScores {
  return {
    accuracy: accuracyOf(predictions),
    macroF1: macroF1(predictions),
    macroPrecision: macroPrecision(predictions),
    balancedAccuracy: balancedAccuracy(predictions),
    crossEntropy: crossEntropy(predictions, classes),
  };
}

/**
 * All scores of a test.
 *
 * @param contradicting ids of the test clips that contradict the training set's confound, when there is one
 */
export function testScores(
  predictions: readonly ClassPrediction[],
  classes: readonly string[],
  contradicting?: ReadonlySet<string>,
): TestScores {
  const contrary = predictions.filter(({ clip }) => contradicting?.has(clip));
  return {
    ...classScores(predictions, classes),
    ...calibrationScores(predictions, classes),
    contradicting:
      contrary.length === 0 ? undefined : { accuracy: accuracyOf(contrary), count: contrary.length },
  };
}

/** What a test's probabilities are worth beside its cross-entropy. */
export function calibrationScores(
  predictions: readonly Omit<ClassPrediction, 'clip'>[],
  classes: readonly string[],
): Pick<TestScores, 'calibrationError' | 'brierScore'> {
  return {
    calibrationError: expectedCalibrationError(predictions),
    brierScore: brierScore(predictions, classes),
  };
}

function indicesOf(classes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(classes.map((name, index) => [name, index]));
}

function indexIn(indices: ReadonlyMap<string, number>, label: string): number {
  const index = indices.get(label);
  if (index !== undefined) return index;
  throw new RangeError(`"${label}" is not among the classes ${[...indices.keys()].join(', ')}.`);
}

function requireSome(predictions: readonly unknown[]): void {
  if (predictions.length === 0) throw new RangeError('There are no predictions to score.');
}
