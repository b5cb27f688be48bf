import { Worker } from 'node:worker_threads';
import { GraphError, NonFiniteLossError, OnnxFormatError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { type EngineOptions, type StepResult, TrainingEngine } from './engine.js';
import type { Feeds } from './feeds.js';
import { loadSnapshot, type Snapshot, saveSnapshot } from './snapshot.js';
import type { Answer, EngineMethod, Question } from './worker.js';

export interface SessionOptions extends EngineOptions {
  /**
   * `worker` (the default) computes on a thread of its own, so that the caller's event loop never stands still.
   * `inline` computes on the caller's thread: for a process that does nothing else.
   */
  readonly thread?: 'worker' | 'inline';
}

type Call = <T>(method: EngineMethod, parameters: readonly unknown[]) => Promise<T>;

/**
 * A training: holds the weights, runs steps, saves and restores.
 *
 * ```ts
 * const session = await TrainingSession.create({ programs: { train }, weights, optimizer: adam() });
 * const { loss } = await session.step('train', { x, labels });
 * await session.save('checkpoint', { epoch: 3 });
 * await session.close();
 * ```
 */
export class TrainingSession {
  readonly #call: Call;
  readonly #end: () => Promise<void>;

  private constructor(call: Call, end: () => Promise<void>) {
    this.#call = call;
    this.#end = end;
  }

  /** Compiles the programs. */
  static async create(options: SessionOptions): Promise<TrainingSession> {
    const { thread = 'worker', ...engineOptions } = options;
    if (thread === 'inline') {
      const engine = await TrainingEngine.create(engineOptions);
      return new TrainingSession(callsTo(engine), () => engine.close());
    }
    const { call, end } = startWorker(engineOptions);
    try {
      // The first answer comes when everything is compiled.
      await call('steps', []);
    } catch (error) {
      await end();
      throw error;
    }
    return new TrainingSession(call, end);
  }

  /** Runs a program without moving any weight. */
  run(program: string, feeds: Feeds): Promise<Record<string, Tensor>> {
    return this.#call('run', [program, feeds]);
  }

  /**
   * One training step.
   *
   * @throws NonFiniteLossError when the loss or the gradient is NaN or infinite; the weights are those from before.
   * @throws GraphError when a feed does not fit.
   */
  step(program: string, feeds: Feeds): Promise<StepResult> {
    return this.#call('step', [program, feeds]);
  }

  /** The number of steps done, those before a restored snapshot included. */
  steps(): Promise<number> {
    return this.#call('steps', []);
  }

  /** Copies of the weights by name. */
  weights(): Promise<Record<string, Tensor>> {
    return this.#call('weights', []);
  }

  /** Replaces weights by name. */
  setWeights(weights: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#call('setWeights', [weights]);
  }

  snapshot(): Promise<Snapshot> {
    return this.#call('snapshot', []);
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#call('restore', [snapshot]);
  }

  /** Saves everything that the next step depends on, and what the caller adds, such as its place in the data. */
  async save(folder: string, extra: unknown = null): Promise<void> {
    await saveSnapshot(folder, await this.snapshot(), extra);
  }

  /** Continues from what {@link save} left; returns what the caller had added, `undefined` when nothing was saved. */
  async load(folder: string): Promise<unknown> {
    const found = await loadSnapshot(folder);
    if (found === undefined) return undefined;
    await this.restore(found.snapshot);
    return found.extra;
  }

  /** Ends the thread and frees the memory. */
  close(): Promise<void> {
    return this.#end();
  }
}

/** Calls on this thread: one after another, as in a worker, however many are asked for at once. */
function callsTo(engine: TrainingEngine): Call {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(method: EngineMethod, parameters: readonly unknown[]) => {
    const bound = (engine[method] as (...args: readonly unknown[]) => unknown).bind(engine);
    const result = last.then(() => bound(...parameters) as T);
    last = result.catch(() => undefined);
    return result;
  };
}

/** A thread with an engine in it, asked one question at a time or several in a row. */
function startWorker(options: EngineOptions): { call: Call; end: () => Promise<void> } {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  worker.postMessage(options);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let count = 0;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`The training thread has ended (exit code ${code}).`)));
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('error' in answer) asked?.reject(revive(answer.error));
    else asked?.resolve(answer.result);
  });
  const call: Call = <T>(method: EngineMethod, parameters: readonly unknown[]) =>
    new Promise<T>((resolve, reject) => {
      if (failure) return reject(failure);
      const question: Question = { id: ++count, method, parameters };
      waiting.set(question.id, { resolve: resolve as (value: unknown) => void, reject });
      worker.ref();
      worker.postMessage(question);
    });
  const end = async () => {
    if (failure) return;
    // An engine that could not be made has nothing to close.
    await call('close', []).catch(() => undefined);
    await worker.terminate();
  };
  return { call, end };
}

/** An error that crossed from the thread, in its own class again. */
function revive(error: { name: string; message: string; step?: number; loss?: number }): Error {
  switch (error.name) {
    case 'NonFiniteLossError':
      return new NonFiniteLossError(error.step ?? 0, error.loss ?? Number.NaN);
    case 'GraphError':
      return new GraphError(error.message);
    case 'OnnxFormatError':
      return new OnnxFormatError(error.message);
    default:
      return new Error(error.message);
  }
}
