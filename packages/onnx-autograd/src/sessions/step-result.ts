import type { Tensor } from '../tensor.js';

/** What a training step tells. */
export interface StepResult<Key extends string = string> {
  /** Of the step, from 1. */
  readonly step: number;
  /** Before the weights were moved. */
  readonly loss: number;
  /** With the factor of the schedule. */
  readonly learningRate: number;
  /** Euclidean norm of the gradient over all weights, before clipping. */
  readonly gradientNorm: number;
  /** What the program returns beside the loss. */
  readonly outputs: Readonly<Record<Key, Tensor>>;
}

/** What a step over several batches tells; loss and gradient are the sums of the batches', by their shares. */
export interface AccumulatedStepResult<Key extends string = string> extends Omit<StepResult<Key>, 'outputs'> {
  /** What the program returns beside the loss, of each batch. */
  readonly outputs: readonly StepResult<Key>['outputs'][];
}
