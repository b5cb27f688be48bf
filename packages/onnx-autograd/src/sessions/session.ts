import type { FeedsOf, OutputsOf, TrainingProgram } from '../programs/program.js';
import type { Device } from '../runtime/device.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Tensor } from '../tensor.js';
import { type EngineOptions, type Programs, TrainingEngine } from './engine.js';
import { type Call, callsTo } from './remote.js';
import type { Snapshot } from './snapshot.js';
import type { AccumulatedStepResult, StepResult } from './step-result.js';

/** What a training session is made of. */
export interface SessionOptions<P extends Programs = Programs> extends EngineOptions<P> {
  /**
   * `worker` (the default) computes on a thread of its own, so that the caller's event loop never stands still.
   * `inline` computes on the caller's thread: for a process that does nothing else.
   */
  readonly thread?: 'worker' | 'inline';
}

/** How an engine is reached. */
export interface EngineAccess {
  readonly call: Call;
  readonly end: () => Promise<void>;
  readonly device: Device;
  /** In a page: how many threads WebAssembly has, once that is decided. */
  readonly threads?: () => number | undefined;
}

/** Opens an engine on a thread that `start` makes, or on this one. */
export async function openEngine(
  { thread = 'worker', ...options }: SessionOptions,
  runtime: Runtime,
  start: (options: EngineOptions) => Omit<EngineAccess, 'device'>,
): Promise<EngineAccess> {
  if (thread === 'inline') {
    return inline(await TrainingEngine.create(options, runtime));
  }
  const { call, end } = start(options);
  try {
    // The first answer comes when everything is compiled.
    return { call, end, device: await call('device') };
  } catch (error) {
    await end();
    throw error;
  }
}

/** An engine on this thread. It ends when what was asked before is answered; what is asked later is refused. */
function inline(engine: TrainingEngine): EngineAccess {
  const call = callsTo(engine);
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= call('close');
    return ended;
  };
  return {
    call: (method, ...parameters) =>
      ended === undefined
        ? call(method, ...parameters)
        : Promise.reject(new Error('The training session is closed.')),
    end,
    device: engine.device(),
  };
}

/**
 * The names of those programs that are for training, or may be, as far as the compiler knows.
 *
 * @experimental
 */
export type TrainingNames<P extends Programs> = {
  [Name in keyof P & string]: [Extract<P[Name], TrainingProgram>] extends [never] ? never : Name;
}[keyof P & string];

/** What a training program trains, and what not. */
export interface TrainedWeights {
  /** Names of the weights that a step moves. */
  readonly weights: readonly string[];
  /** Other numbers of its networks, and why they are not trained. */
  readonly left: Readonly<Record<string, string>>;
  /** Weights that several layers share, perhaps by the exporter's doing; see {@link TrainingProgram.merged}. */
  readonly merged: readonly string[];
}

function trainedBy(programs: Programs): Record<string, TrainedWeights> {
  const entries = Object.entries(programs).flatMap(([name, program]) => {
    if (!('gradients' in program)) return [];
    const { gradients, left, merged } = program;
    return [[name, { weights: Object.keys(gradients), left, merged }] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * What a training session does on every platform.
 *
 * @typeParam P the programs: what they are called, are fed and compute.
 */
export class Session<P extends Programs = Programs> {
  /** What computes: the device that was asked for, or that `auto` has taken. */
  readonly device: Device;
  /** What each training program trains, and what it leaves as it is. */
  readonly trains: Readonly<Record<TrainingNames<P>, TrainedWeights>>;
  readonly #call: Call;
  readonly #end: () => Promise<void>;
  readonly #threads: () => number | undefined;

  /** @hidden */
  protected constructor({ call, end, device, threads }: EngineAccess, programs: P) {
    // Its keys are the names of the training programs.
    this.trains = trainedBy(programs) as Record<TrainingNames<P>, TrainedWeights>;
    this.#call = call;
    this.#end = end;
    this.device = device;
    this.#threads = threads ?? (() => undefined);
  }

  /**
   * In a page: how many threads WebAssembly has. `undefined` on another device, and as long as it is tried whether one or
   * several are faster: during the first steps, where the page is isolated from other origins and `threads` was not given.
   */
  get threads(): number | undefined {
    return this.#threads();
  }

  /**
   * Runs a program without moving any weight.
   *
   * @param program its name among the session's programs.
   * @param feeds a tensor for each of its inputs.
   * @returns its outputs by their keys.
   * @throws GraphError when there is no such program, or a feed does not fit.
   */
  async run<Name extends keyof P & string>(
    program: Name,
    feeds: FeedsOf<P[Name]>,
  ): Promise<OutputsOf<P[Name]>> {
    // Its keys are those of the program's outputs.
    return (await this.#call('run', program, feeds)) as OutputsOf<P[Name]>;
  }

  /**
   * One training step.
   *
   * @throws NonFiniteLossError when the loss or the gradient is NaN or infinite; the weights are those from before.
   * @throws GraphError when a feed does not fit.
   */
  async step<Name extends TrainingNames<P>>(
    program: Name,
    feeds: FeedsOf<P[Name]>,
  ): Promise<StepResult<keyof OutputsOf<P[Name]> & string>> {
    return (await this.#call('step', program, feeds)) as StepResult<keyof OutputsOf<P[Name]> & string>;
  }

  /**
   * One training step over several batches (gradient accumulation): less memory than one large batch takes. Their
   * gradients are computed one after another and summed, then the weights move once. Batch normalization sees each batch
   * by itself.
   *
   * @param program its name among the session's programs.
   * @param batches a tensor for each of its inputs, of each batch; batches may have different sizes.
   * @param shares what each batch's loss and gradient are multiplied by; one over their number when absent. The parts of
   *   a batch that was divided, where its loss is a mean over samples, have their parts of its samples.
   * @throws NonFiniteLossError when the loss or the gradient is NaN or infinite; the weights are those from before.
   * @throws GraphError when a feed does not fit, or there is no batch.
   */
  async accumulatedStep<Name extends TrainingNames<P>>(
    program: Name,
    batches: readonly FeedsOf<P[Name]>[],
    shares?: readonly number[],
  ): Promise<AccumulatedStepResult<keyof OutputsOf<P[Name]> & string>> {
    const result = await this.#call('accumulatedStep', program, batches, shares);
    return result as AccumulatedStepResult<keyof OutputsOf<P[Name]> & string>;
  }

  /**
   * Tells a `plateau` schedule how the training goes: after each epoch, the loss on validation data, say. What it has been
   * told is in snapshots.
   *
   * @returns the factor of the learning rate from now on.
   * @throws GraphError when the schedule is another.
   */
  report(value: number): Promise<number> {
    return this.#call('report', value);
  }

  /** The number of steps done, those before a restored snapshot included. */
  steps(): Promise<number> {
    return this.#call('steps');
  }

  /** Copies of the weights by name. */
  weights(): Promise<Record<string, Tensor>> {
    return this.#call('weights');
  }

  /**
   * Replaces weights by name; the optimizer's memory of the past stays.
   *
   * @throws GraphError when there is no such weight, or it has another shape; nothing has changed then.
   */
  setWeights(weights: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#call('setWeights', weights);
  }

  /** Everything that the next step depends on; on any device, it continues on any other. */
  snapshot(): Promise<Snapshot> {
    return this.#call('snapshot');
  }

  /**
   * Continues from a snapshot of this training, taken on any device.
   *
   * @throws GraphError when it is of another training; nothing has changed then.
   */
  restore(snapshot: Snapshot): Promise<void> {
    return this.#call('restore', snapshot);
  }

  /** Ends the thread and frees the memory, when what was asked before is answered. Closing again does nothing. */
  close(): Promise<void> {
    return this.#end();
  }
}
