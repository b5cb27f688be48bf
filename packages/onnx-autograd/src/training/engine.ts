import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { GraphError, NonFiniteLossError } from '../errors.js';
import { euclideanNorm } from '../optimizers/norm.js';
import type { Optimizer, OptimizerSettings } from '../optimizers/optimizer.js';
import { type Schedule, scheduleFactor } from '../optimizers/schedule.js';
import { createOptimizer } from '../optimizers/table.js';
import { Random } from '../random.js';
import type { ElementType, Tensor } from '../tensor.js';
import { dropoutMask } from './dropout.js';
import { bindFeeds, type Feeds, resolveShape } from './feeds.js';
import type { Program, TrainingProgram } from './program.js';
import type { Snapshot } from './snapshot.js';

/** What a training needs; plain data. */
export interface EngineOptions {
  readonly programs: Readonly<Record<string, Program | TrainingProgram>>;
  /** First values of the weights. */
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly optimizer: OptimizerSettings;
  readonly schedule?: Schedule;
  /** The gradient's norm over all weights is scaled down to this when it is larger. */
  readonly clipNorm?: number;
  /** Of the dropout masks. */
  readonly seed?: number;
  /** Threads inside one operator; all cores when absent. */
  readonly threads?: number;
}

export interface StepResult {
  /** Of the step, from 1. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Euclidean norm of the gradient over all weights, before clipping. */
  readonly gradientNorm: number;
  /** What the program returns beside the loss. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

type Settings = Omit<EngineOptions, 'programs' | 'weights'>;
type Compiled<P extends Program> = Omit<P, 'model'> & { readonly session: InferenceSession };
type CompiledProgram = Compiled<Program> | Compiled<TrainingProgram>;

/** Runs the programs of a training and moves its weights. It blocks the thread that it runs on while it computes. */
export class TrainingEngine {
  readonly #programs: ReadonlyMap<string, CompiledProgram>;
  readonly #settings: Settings;
  readonly #weights = new Map<string, RuntimeTensor>();
  readonly #slots = new Map<string, Float32Array[]>();
  readonly #optimizer: Optimizer;
  readonly #random: Random;
  #step = 0;

  private constructor(
    programs: ReadonlyMap<string, CompiledProgram>,
    weights: EngineOptions['weights'],
    settings: Settings,
  ) {
    this.#programs = programs;
    this.#settings = settings;
    this.#optimizer = createOptimizer(settings.optimizer);
    this.#random = new Random(settings.seed ?? 0);
    for (const [name, { dims, type, data }] of Object.entries(weights)) {
      this.#weights.set(name, new RuntimeTensor(type as 'float32', data.slice() as Float32Array, dims));
    }
  }

  /** Compiles every program. The models' bytes and the first weights are not held on to: they may be large. */
  static async create({ programs, weights, ...settings }: EngineOptions): Promise<TrainingEngine> {
    const compiled = new Map<string, CompiledProgram>();
    for (const [name, { model, ...program }] of Object.entries(programs)) {
      const session = await InferenceSession.create(model, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // One block for all intermediate values is a third more memory at the peak, and no faster.
        enableMemPattern: false,
        ...(settings.threads !== undefined && { intraOpNumThreads: settings.threads }),
      });
      compiled.set(name, { ...program, session });
    }
    return new TrainingEngine(compiled, weights, settings);
  }

  #program(name: string): CompiledProgram {
    const program = this.#programs.get(name);
    if (program !== undefined) return program;
    throw new GraphError(
      `There is no program "${name}"; programs are ${[...this.#programs.keys()].join(', ')}.`,
    );
  }

  /** Runs a program without moving any weight. */
  async run(name: string, feeds: Feeds): Promise<Record<string, Tensor>> {
    const program = this.#program(name);
    bindFeeds(program, feeds);
    const names = Object.values(program.outputs);
    const results = await program.session.run(this.#feeds(program, feeds), names);
    return collect(program, results);
  }

  /**
   * One training step: forward, backward, update.
   *
   * @throws NonFiniteLossError when the loss or the gradient is NaN or infinite; the weights are those from before.
   */
  async step(name: string, feeds: Feeds): Promise<StepResult> {
    const program = this.#program(name);
    if (!('gradients' in program)) throw new GraphError(`The program "${name}" computes no gradients.`);
    const sizes = bindFeeds(program, feeds);
    const before = this.#random.state();
    const all = this.#feeds(program, feeds);
    for (const { name: mask, shape, keep } of program.masks) {
      const { dims, data } = dropoutMask(resolveShape(shape, sizes), keep, this.#random);
      all[mask] = new RuntimeTensor('float32', data as Float32Array, dims);
    }
    // ONNX Runtime would write into tensors given to it, but returns copies all the same: more memory, no less time.
    const { gradients, updates, outputs: asked } = program;
    const names = [program.loss, ...[gradients, updates, asked].flatMap((list) => Object.values(list))];
    const results = await program.session.run(all, names);
    const loss = (results[program.loss] as RuntimeTensor).data[0] as number;
    const gradientNorm = Number.isFinite(loss) ? this.#norm(program, results) : Number.NaN;
    if (!Number.isFinite(gradientNorm)) {
      this.#random.restore(before);
      throw new NonFiniteLossError(this.#step + 1, loss);
    }
    this.#step++;
    const learningRate = this.#update(program, results, gradientNorm);
    const outputs = collect(program, results);
    return { step: this.#step, loss, learningRate, gradientNorm, outputs };
  }

  #feeds(program: CompiledProgram, feeds: Feeds): Record<string, RuntimeTensor> {
    const all: Record<string, RuntimeTensor> = {};
    for (const { name } of program.inputs) {
      const { type, data, dims } = feeds[name] as Tensor;
      all[name] = new RuntimeTensor(type as 'float32', data as Float32Array, dims);
    }
    for (const name of program.weights) all[name] = this.#weights.get(name) as RuntimeTensor;
    return all;
  }

  #norm(program: Compiled<TrainingProgram>, results: Readonly<Record<string, RuntimeTensor>>): number {
    const names = Object.values(program.gradients);
    return euclideanNorm(names.map((name) => (results[name] as RuntimeTensor).data as Float32Array));
  }

  #update(
    program: Compiled<TrainingProgram>,
    results: Readonly<Record<string, RuntimeTensor>>,
    norm: number,
  ): number {
    const {
      optimizer,
      schedule = { kind: 'constant' },
      clipNorm = Number.POSITIVE_INFINITY,
    } = this.#settings;
    const learningRate = optimizer.learningRate * scheduleFactor(schedule, this.#step);
    const scale = norm > clipNorm ? clipNorm / norm : 1;
    for (const [weight, name] of Object.entries(program.gradients)) {
      const parameter = this.#weights.get(weight)?.data as Float32Array;
      const gradient = (results[name] as RuntimeTensor).data as Float32Array;
      this.#optimizer.update(
        parameter,
        gradient,
        this.#slotsOf(weight, parameter.length),
        this.#step,
        learningRate,
        scale,
      );
    }
    for (const [statistic, name] of Object.entries(program.updates)) {
      ((this.#weights.get(statistic) as RuntimeTensor).data as Float32Array).set(
        (results[name] as RuntimeTensor).data as Float32Array,
      );
    }
    return learningRate;
  }

  #slotsOf(weight: string, length: number): Float32Array[] {
    const existing = this.#slots.get(weight);
    if (existing !== undefined) return existing;
    const made = this.#optimizer.slots.map(() => new Float32Array(length));
    this.#slots.set(weight, made);
    return made;
  }

  /** Everything that the next step depends on, copied. */
  snapshot(): Snapshot {
    const tensors: Record<string, Tensor> = {};
    for (const [name, weight] of Object.entries(this.weights())) tensors[`weights/${name}`] = weight;
    for (const [name, slots] of this.#slots) {
      const dims = [...(this.#weights.get(name) as RuntimeTensor).dims];
      for (const [i, slot] of this.#optimizer.slots.entries()) {
        tensors[`${slot}/${name}`] = { type: 'float32', dims, data: (slots[i] as Float32Array).slice() };
      }
    }
    return { tensors, step: this.#step, random: [...this.#random.state()] };
  }

  /**
   * Continues from a snapshot.
   *
   * @throws GraphError when it is of another training; nothing has changed then.
   */
  restore(snapshot: Snapshot): void {
    const { tensors } = snapshot;
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
      const { kind } = this.#settings.optimizer;
      throw new GraphError(
        `The snapshot's "${foreign}" is of another optimizer than this training's "${kind}".`,
      );
    }
    for (const [name, weight] of this.#weights) {
      (weight.data as Float32Array).set(tensors[`weights/${name}`]?.data as Float32Array);
    }
    this.#slots.clear();
    for (const [name, restored] of slots) this.#slots.set(name, restored);
    this.#step = snapshot.step;
    this.#random.restore(snapshot.random);
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
      ((this.#weights.get(name) as RuntimeTensor).data as Float32Array).set(tensor.data as Float32Array);
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

  /** Steps done. */
  steps(): number {
    return this.#step;
  }

  async close(): Promise<void> {
    for (const { session } of this.#programs.values()) await session.release();
  }
}

function collect(
  program: CompiledProgram,
  results: Readonly<Record<string, RuntimeTensor>>,
): Record<string, Tensor> {
  const entries = Object.entries(program.outputs).map(([key, name]) => {
    const { type, dims, data } = results[name] as RuntimeTensor;
    return [key, { type: type as ElementType, dims: [...dims], data: data.slice() as Float32Array }];
  });
  return Object.fromEntries(entries);
}
