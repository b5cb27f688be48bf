import type { Vectors } from './vectors.js';

/** How parameters are moved by gradients; plain data, so that it can be stored and sent to a worker. */
export type OptimizerSettings = AdamSettings | SgdSettings;

export interface AdamSettings {
  /** `adamw` decays the weights apart from the gradient (Loshchilov and Hutter 2019), `adam` adds the decay to it. */
  readonly kind: 'adam' | 'adamw';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export interface SgdSettings {
  readonly kind: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
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
