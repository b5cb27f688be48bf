import { Tensor as RuntimeTensor } from 'onnxruntime-node';
import { GraphError } from '../errors.js';
import { euclideanNorm } from '../optimizers/norm.js';
import type { Optimizer, OptimizerSettings } from '../optimizers/optimizer.js';
import { createOptimizer } from '../optimizers/table.js';
import type { ElementType, Tensor } from '../tensor.js';

/** What a step computed, by the name of the weight: views that the caller keeps for itself. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** The weights of a training and the optimizer's memory of the past, in the memory of this process. */
export class HostWeights {
  readonly #weights = new Map<string, RuntimeTensor>();
  readonly #slots = new Map<string, Float32Array[]>();
  readonly #optimizer: Optimizer;

  constructor(
    weights: Readonly<Record<string, Tensor>>,
    readonly settings: OptimizerSettings,
  ) {
    this.#optimizer = createOptimizer(settings);
    for (const [name, { dims, type, data }] of Object.entries(weights)) {
      this.#weights.set(name, new RuntimeTensor(type as 'float32', data.slice() as Float32Array, dims));
    }
  }

  /** The weight as it is fed to a program. */
  feed(name: string): RuntimeTensor {
    return this.#weights.get(name) as RuntimeTensor;
  }

  /** The Euclidean norm of the gradients taken as one vector. */
  norm(gradients: Arrays): number {
    return euclideanNorm(Object.values(gradients));
  }

  /**
   * Moves the weights by their gradients.
   *
   * @param step counted from 1.
   * @param scale the gradients are multiplied by it first.
   */
  update(gradients: Arrays, step: number, learningRate: number, scale: number): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.feed(name).data as Float32Array;
      const slots = this.#slotsOf(name, parameter.length);
      this.#optimizer.update(parameter, gradient, slots, step, learningRate, scale);
    }
  }

  /** Overwrites weights, such as running statistics. */
  replace(values: Arrays): void {
    for (const [name, value] of Object.entries(values)) (this.feed(name).data as Float32Array).set(value);
  }

  #slotsOf(weight: string, length: number): Float32Array[] {
    const existing = this.#slots.get(weight);
    if (existing !== undefined) return existing;
    const made = this.#optimizer.slots.map(() => new Float32Array(length));
    this.#slots.set(weight, made);
    return made;
  }

  /** Copies of the weights (`weights/…`) and of the optimizer's arrays by slot. */
  snapshot(): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, weight] of Object.entries(this.weights())) tensors[`weights/${name}`] = weight;
    for (const [name, slots] of this.#slots) {
      const dims = [...this.feed(name).dims];
      for (const [i, slot] of this.#optimizer.slots.entries()) {
        tensors[`${slot}/${name}`] = { type: 'float32', dims, data: (slots[i] as Float32Array).slice() };
      }
    }
    return tensors;
  }

  /**
   * Continues from a snapshot's tensors.
   *
   * @throws GraphError when they are of another training; nothing has changed then.
   */
  restore(tensors: Readonly<Record<string, Tensor>>): void {
    for (const name of this.#weights.keys()) this.#fitting(name, tensors[`weights/${name}`], 'the snapshot');
    const slots = new Map<string, Float32Array[]>();
    for (const name of this.#weights.keys()) {
      const stored = this.#optimizer.slots.map((slot) => tensors[`${slot}/${name}`]);
      if (stored.every((slot) => slot === undefined)) continue;
      slots.set(
        name,
        stored.map((slot) => this.#fitting(name, slot, 'the snapshot').data.slice() as Float32Array),
      );
    }
    const known = new Set(['weights', ...this.#optimizer.slots]);
    const foreign = Object.keys(tensors).find((key) => !known.has(key.slice(0, key.indexOf('/'))));
    if (foreign !== undefined) {
      throw new GraphError(
        `The snapshot's "${foreign}" is of another optimizer than this training's "${this.settings.kind}".`,
      );
    }
    for (const [name, weight] of this.#weights) {
      (weight.data as Float32Array).set(tensors[`weights/${name}`]?.data as Float32Array);
    }
    this.#slots.clear();
    for (const [name, restored] of slots) this.#slots.set(name, restored);
  }

  /** Copies of the weights. */
  weights(): Record<string, Tensor> {
    const entries = [...this.#weights].map(([name, { type, dims, data }]) => [
      name,
      { type: type as ElementType, dims: [...dims], data: data.slice() as Float32Array },
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * Replaces weights by name; the optimizer's memory of the past stays.
   *
   * @throws GraphError when there is no such weight, or it has another shape; nothing has changed then.
   */
  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    for (const [name, tensor] of Object.entries(weights)) this.#fitting(name, tensor, 'what is given');
    for (const [name, tensor] of Object.entries(weights)) {
      (this.feed(name).data as Float32Array).set(tensor.data as Float32Array);
    }
  }

  /** The tensor, when it can stand in for the weight of that name. */
  #fitting(name: string, tensor: Tensor | undefined, where: string): Tensor {
    const weight = this.#weights.get(name);
    if (weight === undefined) {
      throw new GraphError(
        `There is no weight "${name}"; weights are ${[...this.#weights.keys()].join(', ')}.`,
      );
    }
    const wanted = `${weight.type} (${weight.dims.join(', ')})`;
    const given = tensor === undefined ? 'missing' : `${tensor.type} (${tensor.dims.join(', ')})`;
    if (tensor === undefined || given !== wanted || tensor.data.length !== weight.data.length) {
      throw new GraphError(`The weight "${name}" is ${wanted}; in ${where} it is ${given}.`);
    }
    return tensor;
  }
}
