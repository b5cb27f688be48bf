import type { Graph } from '../building/graph.js';
import { OnnxFormatError } from '../errors.js';
import { describeShape, type Shape } from '../graph/shape.js';
import type { Value, ValueType } from '../graph/value.js';
import { arrayTypes, type ElementType, elementCount, type Tensor } from '../tensor.js';

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
    if (constant !== undefined && own !== undefined) {
      throw new OnnxFormatError(
        `The input "${name}" is given as a constant, and a shape, too. Give one of both.`,
      );
    }
    const given = constant === undefined ? undefined : tensorOf(name, type, constant);
    if (own !== undefined && !Array.isArray(own)) {
      throw new OnnxFormatError(
        `The shape of the input "${name}" is given as ${own}; a list of sizes is due, such as ['batch', 3].`,
      );
    }
    const told = given?.dims ?? own;
    const isOther = told !== undefined && shape !== undefined && !fits(told, shape);
    if (isOther || (given && given.type !== type)) {
      const asked = given
        ? `Give one that is ${type}`
        : 'Give sizes that fit, and names for those that are open';
      throw new OnnxFormatError(
        `The input "${name}" is ${type} ${describeShape(shape)} in the file; ${given?.type ?? type} ` +
          `${describeShape(told)} was given for it. ${asked}${given ? ` ${describeShape(shape)}` : ''}.`,
      );
    }
    return given ? graph.constant(given, name) : graph.input(name, own ?? shape, type);
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

/** @throws OnnxFormatError when what is given is no sound tensor. */
function tensorOf(name: string, due: ElementType, given: Partial<Tensor> | null): Tensor {
  const { type, dims, data } = given ?? {};
  const kind = type && Object.hasOwn(arrayTypes, type) ? arrayTypes[type] : undefined;
  if (kind === undefined || !Array.isArray(dims) || data === undefined) {
    throw new OnnxFormatError(
      `The input "${name}" is given as ${String(given)}; a tensor is due, as int64(…) and float32(…) make: { type: '${due}', ` +
        'dims, data }.',
    );
  }
  const count = elementCount(dims);
  if (data instanceof kind && data.length === count) return { type: type as ElementType, dims, data };
  throw new OnnxFormatError(
    `The input "${name}" is given as ${type} ${describeShape(dims)} with ${data.length} numbers in a ${data.constructor.name}; ` +
      `${count} in a ${kind.name} are due.`,
  );
}
