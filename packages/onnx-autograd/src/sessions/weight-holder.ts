import type { Program, TrainingProgram } from '../programs/program.js';
import type { Executable, HeldTensor } from '../runtime/runtime.js';
import type { Tensor } from '../tensor.js';
import type { SnapshotNumbers } from './snapshot.js';

/** A program whose graph is compiled, and is not held on to. */
export type Compiled<P extends Program = Program> = Omit<P, 'graph'> & { readonly executable: Executable };
export type CompiledProgram = Compiled<Program> | Compiled<TrainingProgram>;

/** What a program is fed, and what it computes. */
export type Fed = Readonly<Record<string, Tensor | HeldTensor>>;
export type Results = Readonly<Record<string, HeldTensor>>;

export interface Move {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
}

export interface Moved {
  readonly loss: number;
  /** Euclidean norm of the gradient over all weights, before clipping; not finite when nothing has moved. */
  readonly gradientNorm: number;
  readonly results: Results;
}

/** One of the batches of a step over several. */
export interface Part {
  /** What the program is fed, when it is its turn: the batches before it may have changed running statistics. */
  readonly feeds: () => Promise<Fed>;
  /** What its loss and gradient are multiplied by before they are summed. */
  readonly share: number;
}

export interface MovedOver extends Omit<Moved, 'results'> {
  /** Of each batch. */
  readonly answers: readonly Results[];
}

/** Where the weights of a training and the optimizer's memory of the past live, and how a step moves them. */
export interface WeightHolder {
  /** The optimizer's, before any schedule. */
  readonly learningRate: number;
  compile(program: Program | TrainingProgram): Promise<CompiledProgram>;
  /** The weights of these names, as they are fed to a program. */
  feeds(names: readonly string[]): Promise<Fed>;
  /** Runs a step's program and moves the weights; moves nothing when the loss or the gradient is not finite. */
  step(program: Compiled<TrainingProgram>, feeds: Fed, move: Move): Promise<Moved>;
  /** The same by the sum of the gradients of several batches, one after another. */
  stepOver(program: Compiled<TrainingProgram>, parts: readonly Part[], move: Move): Promise<MovedOver>;
  /** Copies of the weights and of the optimizer's arrays. */
  snapshot(): Promise<SnapshotNumbers>;
  /** @throws GraphError when the numbers are of another training; nothing has changed then. */
  restore(numbers: SnapshotNumbers): void;
  /** Copies of the weights. */
  weights(): Promise<Record<string, Tensor>>;
  /** @throws GraphError when there is no such weight, or it has another shape; nothing has changed then. */
  setWeights(weights: Readonly<Record<string, Tensor>>): void;
  /** Frees what the holder itself keeps on the device. */
  close(): Promise<void>;
}
