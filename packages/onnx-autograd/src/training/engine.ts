import { type InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { GraphError, NonFiniteLossError } from '../errors.js';
import type { OptimizerSettings } from '../optimizers/optimizer.js';
import { type Schedule, scheduleFactor } from '../optimizers/schedule.js';
import { Random } from '../random.js';
import type { ElementType, Tensor } from '../tensor.js';
import { compile } from './compile.js';
import { dropoutMask } from './dropout.js';
import { bindFeeds, type Feeds, resolveShape } from './feeds.js';
import { type Arrays, HostWeights } from './host-weights.js';
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
  /** A folder that keeps compiled programs, so that a program is compiled once; made when it does not exist. */
  readonly compiledCache?: string;
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

type Settings = Omit<EngineOptions, 'programs' | 'weights' | 'optimizer'>;
type Compiled<P extends Program> = Omit<P, 'model'> & { readonly session: InferenceSession };
type CompiledProgram = Compiled<Program> | Compiled<TrainingProgram>;
type Results = Readonly<Record<string, RuntimeTensor>>;

/** Runs the programs of a training and moves its weights. It blocks the thread that it runs on while it computes. */
export class TrainingEngine {
  readonly #programs: ReadonlyMap<string, CompiledProgram>;
  readonly #settings: Settings;
  readonly #weights: HostWeights;
  readonly #random: Random;
  #step = 0;

  private constructor(
    programs: ReadonlyMap<string, CompiledProgram>,
    weights: HostWeights,
    settings: Settings,
  ) {
    this.#programs = programs;
    this.#settings = settings;
    this.#weights = weights;
    this.#random = new Random(settings.seed ?? 0);
  }

  /** Compiles every program. The models' bytes and the first weights are not held on to: they may be large. */
  static async create({ programs, weights, optimizer, ...settings }: EngineOptions): Promise<TrainingEngine> {
    const compiled = new Map<string, CompiledProgram>();
    for (const [name, { model, ...program }] of Object.entries(programs)) {
      const session = await compile(model, settings);
      compiled.set(name, { ...program, session });
    }
    return new TrainingEngine(compiled, new HostWeights(weights, optimizer), settings);
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
    const { updates, outputs: asked } = program;
    const names = [
      program.loss,
      ...[program.gradients, updates, asked].flatMap((list) => Object.values(list)),
    ];
    const results = await program.session.run(all, names);
    const loss = (results[program.loss] as RuntimeTensor).data[0] as number;
    const gradients = arraysOf(program.gradients, results);
    const gradientNorm = Number.isFinite(loss) ? this.#weights.norm(gradients) : Number.NaN;
    if (!Number.isFinite(gradientNorm)) {
      this.#random.restore(before);
      throw new NonFiniteLossError(this.#step + 1, loss);
    }
    this.#step++;
    const { schedule = { kind: 'constant' }, clipNorm = Number.POSITIVE_INFINITY } = this.#settings;
    const learningRate = this.#weights.settings.learningRate * scheduleFactor(schedule, this.#step);
    const scale = gradientNorm > clipNorm ? clipNorm / gradientNorm : 1;
    this.#weights.update(gradients, this.#step, learningRate, scale);
    this.#weights.replace(arraysOf(updates, results));
    const outputs = collect(program, results);
    return { step: this.#step, loss, learningRate, gradientNorm, outputs };
  }

  #feeds(program: CompiledProgram, feeds: Feeds): Record<string, RuntimeTensor> {
    const all: Record<string, RuntimeTensor> = {};
    for (const { name } of program.inputs) {
      const { type, data, dims } = feeds[name] as Tensor;
      all[name] = new RuntimeTensor(type as 'float32', data as Float32Array, dims);
    }
    for (const name of program.weights) all[name] = this.#weights.feed(name);
    return all;
  }

  /** Everything that the next step depends on, copied. */
  snapshot(): Snapshot {
    return { tensors: this.#weights.snapshot(), step: this.#step, random: [...this.#random.state()] };
  }

  /**
   * Continues from a snapshot.
   *
   * @throws GraphError when it is of another training; nothing has changed then.
   */
  restore(snapshot: Snapshot): void {
    this.#weights.restore(snapshot.tensors);
    this.#step = snapshot.step;
    this.#random.restore(snapshot.random);
  }

  /** Copies of the weights. */
  weights(): Record<string, Tensor> {
    return this.#weights.weights();
  }

  /**
   * Replaces weights by name; the optimizer's memory of the past stays.
   *
   * @throws GraphError when there is no such weight, or it has another shape; nothing has changed then.
   */
  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    this.#weights.setWeights(weights);
  }

  /** Steps done. */
  steps(): number {
    return this.#step;
  }

  async close(): Promise<void> {
    for (const { session } of this.#programs.values()) await session.release();
  }
}

/** What a program computed for each weight. */
function arraysOf(names: Readonly<Record<string, string>>, results: Results): Arrays {
  const entries = Object.entries(names).map(([weight, name]) => [
    weight,
    (results[name] as RuntimeTensor).data as Float32Array,
  ]);
  return Object.fromEntries(entries);
}

function collect(program: CompiledProgram, results: Results): Record<string, Tensor> {
  const entries = Object.entries(program.outputs).map(([key, name]) => {
    const { type, dims, data } = results[name] as RuntimeTensor;
    return [key, { type: type as ElementType, dims: [...dims], data: data.slice() as Float32Array }];
  });
  return Object.fromEntries(entries);
}
