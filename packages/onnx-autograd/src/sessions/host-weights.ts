import {
  type GradientClip,
  type Optimizer,
  type OptimizerSettings,
  rateFactor,
} from '../optimizers/optimizer.js';
import { createOptimizer } from '../optimizers/table.js';
import { Vectors } from '../optimizers/vectors.js';
import type { Tensor } from '../tensor.js';
import { fitting, fittingSlots } from './fitting.js';
import type { SnapshotNumbers } from './snapshot.js';

/** What a step computed, by the name of the weight: views that the caller keeps for itself. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** The weights of a training and the optimizer's memory of the past, in the memory of this process. */
export class HostWeights {
  readonly #weights = new Map<string, Tensor>();
  readonly #slots = new Map<string, Float32Array[]>();
  readonly #factors = new Map<string, number>();
  readonly #optimizer: Optimizer;
  readonly #vectors = new Vectors();

  constructor(
    weights: Readonly<Record<string, Tensor>>,
    readonly settings: OptimizerSettings,
  ) {
    this.#optimizer = createOptimizer(settings);
    for (const [name, { dims, type, data }] of Object.entries(weights)) {
      this.#weights.set(name, { type, dims, data: data.slice() });
    }
  }

  /** The weight as it is fed to a program. */
  feed(name: string): Tensor {
    return this.#weights.get(name) as Tensor;
  }

  /** The Euclidean norm of the gradients taken as one vector. */
  norm(gradients: Arrays): number {
    const squares = Object.values(gradients).map((gradient) => this.#vectors.sumOfSquares(gradient));
    return Math.sqrt(squares.reduce((total, square) => total + square, 0));
  }

  /**
   * Moves the weights by their gradients.
   *
   * @param step counted from 1.
   * @param clip what is done to the gradients first.
   */
  update(gradients: Arrays, step: number, learningRate: number, clip: GradientClip): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.feed(name).data as Float32Array;
      const slots = this.#slotsOf(name, parameter.length);
      const rate = learningRate * this.#factorOf(name);
      this.#optimizer.update(this.#vectors, parameter, gradient, slots, step, rate, clip);
    }
  }

  /** `sums` and `share` times the gradients, in new arrays where there are no sums yet. */
  add(sums: Arrays | undefined, gradients: Arrays, share: number): Arrays {
    const entries = Object.entries(gradients).map(([name, gradient]) => {
      const sum = sums?.[name] ?? new Float32Array(gradient.length);
      this.#vectors.add(sum, gradient, share);
      return [name, sum] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Copies of weights, to be put back by {@link replace}. */
  copies(names: readonly string[]): Arrays {
    return Object.fromEntries(names.map((name) => [name, this.feed(name).data.slice() as Float32Array]));
  }

  /** Overwrites weights, such as running statistics. */
  replace(values: Arrays): void {
    for (const [name, value] of Object.entries(values)) (this.feed(name).data as Float32Array).set(value);
  }

  /** Patterns are matched once a weight, not at every step. */
  #factorOf(weight: string): number {
    const factor = this.#factors.get(weight) ?? rateFactor(this.settings, weight);
    this.#factors.set(weight, factor);
    return factor;
  }

  #slotsOf(weight: string, length: number): Float32Array[] {
    const existing = this.#slots.get(weight);
    if (existing !== undefined) return existing;
    const made = this.#optimizer.slots.map(() => new Float32Array(length));
    this.#slots.set(weight, made);
    return made;
  }

  /** Copies of the weights and of the optimizer's arrays. */
  snapshot(): SnapshotNumbers {
    // Before the first step nothing has moved, and there is no past.
    const moved = this.#slots.size === 0 ? [] : this.#optimizer.slots;
    const optimizer = moved.map((slot, i) => {
      const arrays = [...this.#slots].map(([name, slots]): [string, Tensor] => {
        const dims = [...this.feed(name).dims];
        return [name, { type: 'float32', dims, data: (slots[i] as Float32Array).slice() }];
      });
      return [slot, Object.fromEntries(arrays)] as const;
    });
    return { weights: this.weights(), optimizer: Object.fromEntries(optimizer) };
  }

  /**
   * Continues from a snapshot.
   *
   * @throws GraphError when it is of another training; nothing has changed then.
   */
  restore(snapshot: SnapshotNumbers): void {
    const slots = fittingSlots(this.#weights, snapshot, this.#optimizer.slots, this.settings.kind);
    for (const [name, weight] of this.#weights) {
      (weight.data as Float32Array).set(snapshot.weights[name]?.data as Float32Array);
    }
    this.#slots.clear();
    for (const [name, restored] of slots) {
      this.#slots.set(
        name,
        restored.map(({ data }) => data.slice() as Float32Array),
      );
    }
  }

  /** Copies of the weights. */
  weights(): Record<string, Tensor> {
    const entries = [...this.#weights].map(([name, { type, dims, data }]) => [
      name,
      { type, dims: [...dims], data: data.slice() },
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * Replaces weights by name; the optimizer's memory of the past stays.
   *
   * @throws GraphError when there is no such weight, or it has another shape; nothing has changed then.
   */
  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    for (const [name, tensor] of Object.entries(weights))
      fitting(this.#weights, name, tensor, 'what is given');
    for (const [name, tensor] of Object.entries(weights)) {
      (this.feed(name).data as Float32Array).set(tensor.data as Float32Array);
    }
  }
}
