import type { Graph } from '../building/graph.js';
import { OnnxFormatError } from '../errors.js';
import { describeShape, type Shape } from '../graph/shape.js';
import type { Value, ValueType } from '../graph/value.js';
import type { Tensor } from '../tensor.js';

/** What is known of the inputs of a model before it runs. */
export interface InputsThatAreKnown {
  /**
   * Inputs that are always fed the same, by name, such as the sampling rate of a network that has branches for several:
   * `{ sr: int64(16000) }`. They are inputs no longer, but constants, and decide what is computed.
   */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /**
   * Shapes of inputs, by name, where the file leaves sizes open that decide what is computed, such as the number of steps
   * of a loop: `{ x: ['batch', 16000] }`.
   */
  readonly shapes?: Readonly<Record<string, Shape>>;
}

/** Declares the inputs of a graph, with what is known of them beside what the file says. */
export class KnownInputs {
  readonly #constants: Map<string, Tensor>;
  readonly #shapes: Map<string, Shape>;
  readonly #declared: string[] = [];

  constructor({ constants = {}, shapes = {} }: InputsThatAreKnown) {
    this.#constants = new Map(Object.entries(constants));
    this.#shapes = new Map(Object.entries(shapes));
  }

  declare(graph: Graph, name: string, { type, shape }: ValueType): Value {
    this.#declared.push(name);
    const constant = this.#constants.get(name);
    const own = this.#shapes.get(name);
    this.#constants.delete(name);
    this.#shapes.delete(name);
    const told = constant?.dims ?? own;
    const isOther = told !== undefined && shape !== undefined && !fits(told, shape);
    if (isOther || (constant && constant.type !== type)) {
      throw new OnnxFormatError(
        `The input "${name}" is ${type} ${describeShape(shape)} in the file; ${constant?.type ?? type} ` +
          `${describeShape(told)} was given for it.`,
      );
    }
    return constant ? graph.constant(constant, name) : graph.input(name, own ?? shape, type);
  }

  /** @throws OnnxFormatError when something was told of an input that the file has not. */
  checkAllUsed(): void {
    const [unused] = [...this.#constants.keys(), ...this.#shapes.keys()];
    if (unused === undefined) return;
    throw new OnnxFormatError(
      `The file has no input "${unused}"; its inputs are "${this.#declared.join('", "')}".`,
    );
  }
}

function fits(told: Shape, declared: Shape): boolean {
  const isSame = (size: Shape[number], i: number) => {
    const other = declared[i];
    return typeof size === 'string' || typeof other === 'string' || size === other;
  };
  return told.length === declared.length && told.every(isSame);
}
