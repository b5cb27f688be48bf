import { GraphError, NonFiniteLossError } from '../errors.js';
import { type OptimizerSettings, requireRates } from '../optimizers/optimizer.js';
import { type Schedule, scheduleFactor } from '../optimizers/schedule.js';
import { dropoutMask } from '../programs/dropout.js';
import { bindFeeds, type Feeds, resolveShape } from '../programs/feeds.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import { Random } from '../random.js';
import { type Device, type DeviceChoice, keepsResults } from '../runtime/device.js';
import { openDevice } from '../runtime/open.js';
import type { HeldTensor, Runtime } from '../runtime/runtime.js';
import type { ElementType, Tensor } from '../tensor.js';
import { OnDevice } from './on-device.js';
import { OnHost } from './on-host.js';
import { problemOf, type Snapshot } from './snapshot.js';
import type { CompiledProgram, Fed, Results, WeightHolder } from './weight-holder.js';

/**
 * The programs of a session by name.
 *
 * @experimental
 */
export type Programs = Readonly<Record<string, Program | TrainingProgram>>;

/** What a training needs; plain data. */
export interface EngineOptions<P extends Programs = Programs> {
  /** By the names under which they are run. */
  readonly programs: P;
  /** First values of the weights. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** How weights are moved: `adam()`, `adamw()`, `sgd()`. */
  readonly optimizer: OptimizerSettings;
  /** How the learning rate changes over the steps; constant when absent. */
  readonly schedule?: Schedule;
  /** The gradient's norm over all weights is scaled down to this when it is larger. */
  readonly clipNorm?: number;
  /** Of the dropout masks. */
  readonly seed?: number;
  /** Threads inside one operator; all cores when absent. In a page that is not cross-origin isolated there is one. */
  readonly threads?: number;
  /**
   * Node only: a folder that keeps compiled programs, so that each is compiled once; made when it does not exist. Where nothing
   * can be written to it, a warning says so, and the training goes on without.
   */
  readonly compiledCache?: string;
  /** What computes; in Node `cpu` when absent, in a page `auto`: the fastest that works. */
  readonly device?: DeviceChoice;
  /** Browser only: the folder of ONNX Runtime's `.wasm` files, when the bundler did not place them. */
  readonly wasmPaths?: string;
}

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

type Settings = Pick<EngineOptions, 'schedule' | 'seed'>;

/** Runs the programs of a training and moves its weights. On a processor it blocks its thread while it computes. */
export class TrainingEngine {
  readonly #device: Device;
  readonly #programs: ReadonlyMap<string, CompiledProgram>;
  readonly #settings: Settings;
  readonly #holder: WeightHolder;
  readonly #random: Random;
  #step = 0;

  private constructor(
    device: Device,
    programs: ReadonlyMap<string, CompiledProgram>,
    holder: WeightHolder,
    settings: Settings,
  ) {
    this.#device = device;
    this.#programs = programs;
    this.#settings = settings;
    this.#holder = holder;
    this.#random = new Random(settings.seed ?? 0);
  }

  /** Compiles every program. The graphs and the first weights are not held on to: they may be large. */
  static async create(options: EngineOptions, runtime: Runtime): Promise<TrainingEngine> {
    const { threads, wasmPaths, compiledCache, schedule, clipNorm, seed } = options;
    const device = await openDevice(runtime, options.device, {
      ...(threads !== undefined && { threads }),
      ...(wasmPaths !== undefined && { wasmPaths }),
      ...(compiledCache !== undefined && { compiledCache }),
    });
    requireRates(options.optimizer, Object.keys(options.weights));
    const Holder = keepsResults.has(device.device) ? OnDevice : OnHost;
    const holder = new Holder(device, options.weights, options.optimizer, clipNorm);
    const compiled = new Map<string, CompiledProgram>();
    try {
      for (const [name, program] of Object.entries(options.programs)) {
        compiled.set(name, await holder.compile(program));
      }
    } catch (error) {
      // What is told is why the program could not be compiled.
      await releaseAll(compiled.values(), holder).catch(() => undefined);
      throw error;
    }
    return new TrainingEngine(device.device, compiled, holder, {
      ...(schedule && { schedule }),
      ...(seed !== undefined && { seed }),
    });
  }

  /** What computes. */
  device(): Device {
    return this.#device;
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
    const results = await program.executable.run(await this.#feeds(program, feeds), names);
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
    const all: Record<string, Fed[string]> = { ...(await this.#feeds(program, feeds)) };
    for (const { name: mask, shape, keep } of program.masks) {
      all[mask] = dropoutMask(resolveShape(shape, sizes), keep, this.#random);
    }
    const step = this.#step + 1;
    const { schedule = { kind: 'constant' } } = this.#settings;
    const learningRate = this.#holder.learningRate * scheduleFactor(schedule, step);
    const moved = await this.#holder.step(program, all, { step, learningRate });
    const { loss, gradientNorm, results } = moved;
    if (!Number.isFinite(gradientNorm)) {
      this.#random.restore(before);
      throw new NonFiniteLossError(step, loss);
    }
    this.#step = step;
    const outputs = collect(program, results);
    return { step: this.#step, loss, learningRate, gradientNorm, outputs };
  }

  async #feeds(program: CompiledProgram, feeds: Feeds): Promise<Fed> {
    const given = program.inputs.map(({ name }) => [name, feeds[name] as Tensor] as const);
    return { ...(await this.#holder.feeds(program.weights)), ...Object.fromEntries(given) };
  }

  /** Everything that the next step depends on, copied. */
  async snapshot(): Promise<Snapshot> {
    return { ...(await this.#holder.snapshot()), step: this.#step, random: [...this.#random.state()] };
  }

  /**
   * Continues from a snapshot.
   *
   * @throws GraphError when it is of another training, or of none; nothing has changed then.
   */
  restore(snapshot: Snapshot): void {
    const problem = problemOf(snapshot);
    if (problem !== undefined)
      throw new GraphError(`No training can continue from this snapshot: ${problem}.`);
    this.#holder.restore(snapshot);
    this.#step = snapshot.step;
    this.#random.restore(snapshot.random);
  }

  /** Copies of the weights. */
  weights(): Promise<Record<string, Tensor>> {
    return this.#holder.weights();
  }

  /**
   * Replaces weights by name; the optimizer's memory of the past stays.
   *
   * @throws GraphError when there is no such weight, or it has another shape; nothing has changed then.
   */
  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    this.#holder.setWeights(weights);
  }

  /** Steps done. */
  steps(): number {
    return this.#step;
  }

  close(): Promise<void> {
    return releaseAll(this.#programs.values(), this.#holder);
  }
}

/** Frees every program and what the holder keeps, also when one of them fails; throws that failure at the end. */
async function releaseAll(programs: Iterable<CompiledProgram>, holder: WeightHolder): Promise<void> {
  const releases = [...programs].map(
    ({ executable }) =>
      () =>
        executable.release(),
  );
  const failures: unknown[] = [];
  for (const release of [...releases, () => holder.close()]) {
    await release().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function collect(program: CompiledProgram, results: Results): Record<string, Tensor> {
  const entries = Object.entries(program.outputs).map(([key, name]) => {
    const { type, dims, data } = results[name] as HeldTensor;
    return [key, { type: type as ElementType, dims: [...dims], data: data.slice() as Float32Array }];
  });
  return Object.fromEntries(entries);
}
