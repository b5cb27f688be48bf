import { GraphError, NonFiniteLossError } from '../errors.js';
import { type ClippingSettings, requireLimits } from '../optimizers/clipping.js';
import { type OptimizerSettings, requireRates } from '../optimizers/optimizer.js';
import { afterReport, plateauAtStart } from '../optimizers/plateau.js';
import { type Schedule, scheduleFactor } from '../optimizers/schedule.js';
import { dropoutMask } from '../programs/dropout.js';
import { bindFeeds, type Feeds, resolveShape } from '../programs/feeds.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import { Random } from '../random.js';
import { type Device, type DeviceChoice, keepsResults } from '../runtime/device.js';
import { openDevice } from '../runtime/open.js';
import type { HeldTensor, OpenDevice, Runtime, WebBuild } from '../runtime/runtime.js';
import type { ElementType, Tensor } from '../tensor.js';
import { OnDevice } from './on-device.js';
import { OnHost } from './on-host.js';
import { problemOf, type Snapshot } from './snapshot.js';
import type { AccumulatedStepResult, StepResult } from './step-result.js';
import type { CompiledProgram, Fed, Move, Moved, Results, WeightHolder } from './weight-holder.js';

/**
 * The programs of a session by name.
 *
 * @experimental
 */
export type Programs = Readonly<Record<string, Program | TrainingProgram>>;

/** What a training needs; plain data. */
export interface EngineOptions<P extends Programs = Programs> extends ClippingSettings {
  /** By the names under which they are run. */
  readonly programs: P;
  /** First values of the weights. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** How weights are moved: `adam()`, `adamw()`, `sgd()`. */
  readonly optimizer: OptimizerSettings;
  /** How the learning rate changes over the steps; constant when absent. */
  readonly schedule?: Schedule;
  /** Of the dropout masks. */
  readonly seed?: number;
  /**
   * Threads inside one operator; all cores when absent. In a page that is not cross-origin isolated there is one; in one that
   * is, when absent, the first steps are computed with one and with several (four at most), and the faster goes on: the
   * numbers are the same.
   */
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
  /** @hidden Browser only: whether ONNX Runtime's build is taken that has WebGPU too. */
  readonly withWebGpu?: boolean;
}

type Settings = Pick<EngineOptions, 'schedule' | 'seed'>;

/** Runs the programs of a training and moves its weights. On a processor it blocks its thread while it computes. */
export class TrainingEngine {
  readonly #device: Pick<OpenDevice, 'device' | 'web'>;
  readonly #programs: ReadonlyMap<string, CompiledProgram>;
  readonly #settings: Settings;
  readonly #holder: WeightHolder;
  readonly #random: Random;
  #step = 0;
  #plateau = plateauAtStart;

  private constructor(
    device: Pick<OpenDevice, 'device' | 'web'>,
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
    const { threads, wasmPaths, withWebGpu, compiledCache, schedule, clipNorm, clipValue, seed } = options;
    const clipping = {
      ...(clipNorm !== undefined && { clipNorm }),
      ...(clipValue !== undefined && { clipValue }),
    };
    requireLimits(clipping);
    const device = await openDevice(runtime, options.device, {
      ...(threads !== undefined && { threads }),
      ...(wasmPaths !== undefined && { wasmPaths }),
      ...(withWebGpu !== undefined && { withWebGpu }),
      ...(compiledCache !== undefined && { compiledCache }),
    });
    requireRates(options.optimizer, Object.keys(options.weights));
    const Holder = keepsResults.has(device.device) ? OnDevice : OnHost;
    const holder = new Holder(device, options.weights, options.optimizer, clipping);
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
    return new TrainingEngine(device, compiled, holder, {
      ...(schedule && { schedule }),
      ...(seed !== undefined && { seed }),
    });
  }

  /** What computes. */
  device(): Device {
    return this.#device.device;
  }

  /** What a page has loaded of ONNX Runtime. */
  web(): WebBuild | undefined {
    return this.#device.web;
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
    const program = this.#trainingProgram(name);
    const sizes = bindFeeds(program, feeds);
    const fed = async () => ({ ...(await this.#feeds(program, feeds)), ...this.#masks(program, sizes) });
    const { results, ...moved } = await this.#move(async (move) =>
      this.#holder.step(program, await fed(), move),
    );
    return { ...moved, outputs: collect(program, results) };
  }

  /**
   * One training step over several batches: their gradients are computed one after another and summed, then the weights
   * move once.
   *
   * @param shares what each batch's loss and gradient are multiplied by; one over their number when absent.
   * @throws NonFiniteLossError when the loss or the gradient is NaN or infinite; the weights are those from before.
   */
  async accumulatedStep(
    name: string,
    batches: readonly Feeds[],
    shares: readonly number[] = batches.map(() => 1 / batches.length),
  ): Promise<AccumulatedStepResult> {
    const program = this.#trainingProgram(name);
    if (batches.length === 0) throw new GraphError('A step wants one batch or more; none is given.');
    if (shares.length !== batches.length || !shares.every(Number.isFinite)) {
      throw new GraphError(`The shares of ${batches.length} batches are ${shares.join(', ') || 'none'}.`);
    }
    const sizes = batches.map((feeds) => bindFeeds(program, feeds));
    const parts = batches.map((feeds, i) => ({
      share: shares[i] as number,
      feeds: async () => ({
        ...(await this.#feeds(program, feeds)),
        ...this.#masks(program, sizes[i] as ReadonlyMap<string, number>),
      }),
    }));
    const { answers, ...moved } = await this.#move((move) => this.#holder.stepOver(program, parts, move));
    return { ...moved, outputs: answers.map((results) => collect(program, results)) };
  }

  /** Moves the weights by the next step's rate; when nothing has moved, all is as it was before. */
  async #move<M extends Omit<Moved, 'results'>>(
    by: (move: Move) => Promise<M>,
  ): Promise<M & Pick<StepResult, 'step' | 'learningRate'>> {
    const before = this.#random.state();
    const step = this.#step + 1;
    const { schedule = { kind: 'constant' } } = this.#settings;
    const learningRate = this.#holder.learningRate * scheduleFactor(schedule, step) * this.#plateau.factor;
    const moved = await by({ step, learningRate });
    if (!Number.isFinite(moved.gradientNorm)) {
      this.#random.restore(before);
      throw new NonFiniteLossError(step, moved.loss);
    }
    this.#step = step;
    return { ...moved, step, learningRate };
  }

  /**
   * Tells a plateau schedule how the training goes.
   *
   * @param value the loss on validation data, say.
   * @returns the factor of the learning rate from now on.
   * @throws GraphError when the schedule is another.
   */
  report(value: number): number {
    const { schedule = { kind: 'constant' } } = this.#settings;
    if (schedule.kind !== 'plateau') {
      throw new GraphError(
        `The schedule "${schedule.kind}" follows the steps, not what is reported; { kind: 'plateau' } does.`,
      );
    }
    this.#plateau = afterReport(schedule, this.#plateau, value);
    return this.#plateau.factor;
  }

  #trainingProgram(name: string): Extract<CompiledProgram, { gradients: unknown }> {
    const program = this.#program(name);
    if (!('gradients' in program)) throw new GraphError(`The program "${name}" computes no gradients.`);
    return program;
  }

  #masks({ masks }: Pick<TrainingProgram, 'masks'>, sizes: ReadonlyMap<string, number>): Fed {
    const drawn = masks.map(
      ({ name, shape, keep }) =>
        [
          name,
          dropoutMask(resolveShape(shape, sizes, `The dropout mask "${name}"`), keep, this.#random),
        ] as const,
    );
    return Object.fromEntries(drawn);
  }

  async #feeds(program: CompiledProgram, feeds: Feeds): Promise<Fed> {
    const given = program.inputs.map(({ name }) => [name, feeds[name] as Tensor] as const);
    return { ...(await this.#holder.feeds(program.weights)), ...Object.fromEntries(given) };
  }

  /** Everything that the next step depends on, copied. */
  async snapshot(): Promise<Snapshot> {
    const { schedule } = this.#settings;
    return {
      ...(await this.#holder.snapshot()),
      step: this.#step,
      random: [...this.#random.state()],
      ...(schedule?.kind === 'plateau' && { plateau: this.#plateau }),
    };
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
    this.#plateau = snapshot.plateau ?? plateauAtStart;
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
