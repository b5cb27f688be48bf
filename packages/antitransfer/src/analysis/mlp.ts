import type { Random } from 'onnx-autograd/random';
import { argmax } from '../numbers/argmax.js';
import { minimise } from './lbfgs.js';
import type { Vectors } from './vectors.js';

/** Units of the hidden layer: few, so that what it reads is not what it has learned by heart. */
const HIDDEN = 32;

/** Its loss has many minima: nearly reaching one is enough, and more steps would learn clips by heart. */
const ITERATIONS = 40;

/** A perceptron with one hidden layer (tanh) and a softmax. */
export interface Mlp {
  readonly features: number;
  readonly classes: number;
  /** Hidden layer, shape (hidden, features + 1), then outputs, shape (classes, hidden + 1); biases are the last columns. */
  readonly weights: Float64Array;
}

/**
 * Fits a perceptron: minimises the mean cross-entropy plus `l2 / 2` times the squared weights, the biases excepted, by 40
 * steps of L-BFGS.
 *
 * @param vectors shape (n, features), standardised
 * @param labels shape (n), whole numbers from 0
 * @param start where to begin: random weights, or those for another `l2`
 */
export function fitMlp(
  vectors: Vectors,
  labels: readonly number[],
  classes: number,
  l2: number,
  start: Mlp | Random,
): Mlp {
  const features = vectors[0]?.length ?? 0;
  const first = 'weights' in start ? start : drawn(features, classes, start);
  const pass = new Pass(features, classes);
  const weights = minimise(
    (point, gradient) => {
      gradient.fill(0);
      let loss = 0;
      for (const [i, vector] of vectors.entries()) {
        loss += pass.forward(point, vector, labels[i]!);
        pass.backward(point, vector, gradient, 1 / vectors.length);
      }
      return loss / vectors.length + pass.decay(point, gradient, l2);
    },
    first.weights,
    { tolerance: 1e-3, maximumIterations: ITERATIONS },
  );
  return { features, classes, weights };
}

/** The most probable class of each vector. */
export function classifyByMlp({ features, classes, weights }: Mlp, vectors: Vectors): number[] {
  const pass = new Pass(features, classes);
  return vectors.map((vector) => {
    pass.forward(weights, vector, 0);
    return argmax(pass.probabilities);
  });
}

/** Mean cross-entropy on the vectors, in nats. */
export function mlpLoss(
  { features, classes, weights }: Mlp,
  vectors: Vectors,
  labels: readonly number[],
): number {
  const pass = new Pass(features, classes);
  let loss = 0;
  for (const [i, vector] of vectors.entries()) loss += pass.forward(weights, vector, labels[i]!);
  return loss / vectors.length;
}

function drawn(features: number, classes: number, random: Random): Mlp {
  const weights = new Float64Array(HIDDEN * (features + 1) + classes * (HIDDEN + 1));
  const split = HIDDEN * (features + 1);
  for (let i = 0; i < weights.length; i++)
    weights[i] = random.normal() / Math.sqrt(i < split ? features + 1 : HIDDEN + 1);
  return { features, classes, weights };
}

/** One vector's way through the perceptron and back. */
class Pass {
  readonly probabilities: Float64Array;
  readonly #hidden = new Float64Array(HIDDEN);
  readonly #back = new Float64Array(HIDDEN);
  #truth = 0;

  constructor(
    readonly features: number,
    readonly classes: number,
  ) {
    this.probabilities = new Float64Array(classes);
  }

  /** @returns the cross-entropy of the true class */
  forward(weights: Float64Array, vector: ArrayLike<number>, truth: number): number {
    const { features, classes, probabilities } = this;
    const hidden = this.#hidden;
    this.#truth = truth;
    for (let unit = 0, at = 0; unit < HIDDEN; unit++, at += features + 1) {
      let sum = weights[at + features]!;
      for (let i = 0; i < features; i++) sum += weights[at + i]! * vector[i]!;
      hidden[unit] = Math.tanh(sum);
    }
    let highest = Number.NEGATIVE_INFINITY;
    for (let label = 0, at = HIDDEN * (features + 1); label < classes; label++, at += HIDDEN + 1) {
      let sum = weights[at + HIDDEN]!;
      for (let unit = 0; unit < HIDDEN; unit++) sum += weights[at + unit]! * hidden[unit]!;
      probabilities[label] = sum;
      highest = Math.max(highest, sum);
    }
    const trueLogit = probabilities[truth]! - highest;
    let total = 0;
    for (let label = 0; label < classes; label++) {
      probabilities[label] = Math.exp(probabilities[label]! - highest);
      total += probabilities[label]!;
    }
    for (let label = 0; label < classes; label++) probabilities[label]! /= total;
    return Math.log(total) - trueLogit;
  }

  /** Adds the gradient of the cross-entropy of the vector that went forward last, times a factor. */
  backward(weights: Float64Array, vector: ArrayLike<number>, gradient: Float64Array, factor: number): void {
    const { features, classes, probabilities } = this;
    const hidden = this.#hidden;
    const outputs = HIDDEN * (features + 1);
    const back = this.#back.fill(0);
    for (let label = 0, at = outputs; label < classes; label++, at += HIDDEN + 1) {
      const error = factor * (probabilities[label]! - (label === this.#truth ? 1 : 0));
      for (let unit = 0; unit < HIDDEN; unit++) {
        gradient[at + unit]! += error * hidden[unit]!;
        back[unit]! += error * weights[at + unit]!;
      }
      gradient[at + HIDDEN]! += error;
    }
    for (let unit = 0, at = 0; unit < HIDDEN; unit++, at += features + 1) {
      const error = back[unit]! * (1 - hidden[unit]! ** 2);
      for (let i = 0; i < features; i++) gradient[at + i]! += error * vector[i]!;
      gradient[at + features]! += error;
    }
  }

  /** The penalty of the weights; adds its gradient. */
  decay(weights: Float64Array, gradient: Float64Array, l2: number): number {
    const outputs = HIDDEN * (this.features + 1);
    let squares = 0;
    for (let i = 0; i < weights.length; i++) {
      const width = i < outputs ? this.features + 1 : HIDDEN + 1;
      if ((i < outputs ? i : i - outputs) % width === width - 1) continue;
      squares += weights[i]! ** 2;
      gradient[i]! += l2 * weights[i]!;
    }
    return (l2 / 2) * squares;
  }
}
