import type { Graph } from '../building/graph.js';
import type { Shape } from '../graph/shape.js';
import type { ElementType, Tensor } from '../tensor.js';

/** A tensor that a program is fed with. */
export interface ProgramInput<Name extends string = string> {
  /** The name to feed it by. */
  readonly name: Name;
  /** Type of its elements. */
  readonly type: ElementType;
  /** Its sizes; a named one, such as the batch, may differ from run to run. */
  readonly shape: Shape;
  /** Of labels: how many classes there are. Each label is a whole number from 0 up to, not including, it. */
  readonly classes?: number;
  /** Of labels: the number that stands where there is none. */
  readonly ignored?: number | undefined;
}

/** A dropout mask: zeros, and `1 / keep` where an element is kept. */
export interface ProgramMask {
  /** The name of the graph's input. */
  readonly name: string;
  /** Its sizes, in terms of the program's inputs. */
  readonly shape: Shape;
  /** The probability that an element is kept. */
  readonly keep: number;
}

/**
 * A graph that a session runs with the weights that it holds. It becomes the bytes of a model once: when ONNX Runtime
 * compiles it, or on its way to a session's thread.
 *
 * @typeParam In names of what is fed; any where it is not said.
 * @typeParam Out keys of what is computed; any where it is not said.
 */
export interface Program<In extends string = string, Out extends string = string> {
  /** What is computed; the weights that the session holds are inputs of it. */
  readonly graph: Graph;
  /** What the caller feeds. */
  readonly inputs: readonly ProgramInput<In>[];
  /** What the session feeds: names of held weights. */
  readonly weights: readonly string[];
  /** What the caller gets: key to name of the graph's output. */
  readonly outputs: Readonly<Record<Out, string>>;
  /**
   * Of convolutions that are computed in another form, by their names: the sizes whose product is the number of
   * floating-point operations that the direct form takes, for profiles.
   */
  readonly operations: Readonly<Record<string, Shape>>;
}

/** A program that also computes gradients. */
export interface TrainingProgram<In extends string = string, Out extends string = string>
  extends Program<In, Out> {
  /** Name of the output with the loss. */
  readonly loss: string;
  /** Weight to name of the output with its gradient. */
  readonly gradients: Readonly<Record<string, string>>;
  /** Running statistic, or what else steps carry, to name of the output with its next value. */
  readonly updates: Readonly<Record<string, string>>;
  /** Numbers of its networks that are not trained, and why: frozen ones, and what is not taken for a weight. */
  readonly left: Readonly<Record<string, string>>;
  /** Trained weights that several layers share although all their numbers are equal; see {@link Weights.merged}. */
  readonly merged: readonly string[];
  /** The dropout masks that the session draws anew for each step. */
  readonly masks: readonly ProgramMask[];
}

/**
 * What a program is fed: tensors by the name of the input.
 *
 * @experimental
 */
export type FeedsOf<P extends Program> = P extends Program<infer In> ? Readonly<Record<In, Tensor>> : never;

/**
 * What a program computes: tensors by key.
 *
 * @experimental
 */
export type OutputsOf<P extends Program> = { [Key in keyof P['outputs'] & string]: Tensor };
