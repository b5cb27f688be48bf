import type { Vectors } from './vectors.js';

/** How parameters are moved by gradients; plain data, so that it can be stored and sent to a worker. */
export type OptimizerSettings = AdamSettings | SgdSettings;

/** Settings of Adam and AdamW, with the names and defaults of PyTorch; made by `adam` and `adamw`. */
export interface AdamSettings {
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
export interface SgdSettings {
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

/** Moves parameters in place, keeping what it needs to know of the past in slots. */
export interface Optimizer {
  /** Names of the arrays kept for each parameter, each as large as the parameter. */
  readonly slots: readonly string[];
  /**
   * One step for one parameter.
   *
   * @param slots this parameter's arrays, in the order of {@link slots}; zeros before the first step.
   * @param step counted from 1.
   * @param scale the gradient is multiplied by it first (gradient clipping).
   */
  update(
    vectors: Vectors,
    parameter: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    step: number,
    learningRate: number,
    scale: number,
  ): void;
}
