import { GraphError } from '../errors.js';
import { matchesAny } from '../patterns.js';
import type { Vectors } from './vectors.js';

/** How parameters are moved by gradients; plain data, so that it can be stored and sent to a worker. */
export type OptimizerSettings = AdamSettings | SgdSettings;

/** Settings of every optimizer. */
interface CommonSettings {
  /**
   * Factors of the learning rate for some weights, by their names or patterns (`conv1_*`); the first that fits counts. A
   * factor of 0 leaves weights as they are, yet computes their gradients: freezing is cheaper.
   */
  readonly rates?: Readonly<Record<string, number>>;
}

/** Settings of Adam and AdamW, with the names and defaults of PyTorch; made by `adam` and `adamw`. */
export interface AdamSettings extends CommonSettings {
  /** `adamw` decays the weights apart from the gradient (Loshchilov and Hutter 2019), `adam` adds the decay to it. */
  readonly kind: 'adam' | 'adamw';
  /** Times the factor of the schedule. Default 1e-3. */
  readonly learningRate: number;
  /** Share of the past in the mean of the gradient. Default 0.9. */
  readonly beta1: number;
  /** Share of the past in the mean of its square. Default 0.999. */
  readonly beta2: number;
  /** Added to the root of the latter. Default 1e-8. */
  readonly epsilon: number;
  /** Default 0, of AdamW 0.01. */
  readonly weightDecay: number;
}

/** Settings of stochastic gradient descent; made by `sgd`. */
export interface SgdSettings extends CommonSettings {
  /** Tells the optimizers apart. */
  readonly kind: 'sgd';
  /** Times the factor of the schedule. Default 1e-2. */
  readonly learningRate: number;
  /** Share of the last step in this one. Default 0. */
  readonly momentum: number;
  /** Nesterov's form of momentum. Default false. */
  readonly nesterov: boolean;
  /** Times the weight, added to its gradient. Default 0. */
  readonly weightDecay: number;
}

/** How a gradient is clipped: multiplied by `scale`, then each of its numbers kept from `-limit` to `limit`. */
export interface GradientClip {
  readonly scale: number;
  /** Infinite for none. */
  readonly limit: number;
}

/** Moves parameters in place, keeping what it needs to know of the past in slots. */
export interface Optimizer {
  /** Names of the arrays kept for each parameter, each as large as the parameter. */
  readonly slots: readonly string[];
  /**
   * One step for one parameter.
   *
   * @param slots this parameter's arrays, in the order of {@link slots}; zeros before the first step.
   * @param step counted from 1.
   * @param clip what is done to the gradient first.
   */
  update(
    vectors: Vectors,
    parameter: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    step: number,
    learningRate: number,
    clip: GradientClip,
  ): void;
}

/** What the learning rate is multiplied by for a weight. */
export function rateFactor({ rates = {} }: OptimizerSettings, weight: string): number {
  return Object.entries(rates).find(([pattern]) => matchesAny(weight, [pattern]))?.[1] ?? 1;
}

/** @throws GraphError when a pattern of the rates fits no weight, or its factor is none. */
export function requireRates({ rates = {} }: OptimizerSettings, weights: readonly string[]): void {
  for (const [pattern, factor] of Object.entries(rates)) {
    if (!(factor >= 0 && Number.isFinite(factor)))
      throw new GraphError(
        `The learning rate's factor of "${pattern}" is ${factor}; it is a number, 0 or more.`,
      );
    if (weights.some((weight) => matchesAny(weight, [pattern]))) continue;
    throw new GraphError(
      `The pattern "${pattern}" of the learning rates fits no weight; weights are ${weights.join(', ')}.`,
    );
  }
}
