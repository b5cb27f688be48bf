import { errorThatWasSent, errorToSend, type SentError } from '../errors.js';
import type { Feeds } from '../programs/feeds.js';
import type { Device } from '../runtime/device.js';
import type { Runtime, WebBuild } from '../runtime/runtime.js';
import type { Tensor } from '../tensor.js';
import { TrainingEngine } from './engine.js';
import { optionsThatWereSent, type SentOptions } from './sent-options.js';
import type { Snapshot } from './snapshot.js';
import type { AccumulatedStepResult, StepResult } from './step-result.js';

/** What may be asked of an engine on another thread: with what, and what it answers. */
export interface EngineProtocol {
  run(program: string, feeds: Feeds): Record<string, Tensor>;
  step(program: string, feeds: Feeds): StepResult;
  accumulatedStep(
    program: string,
    batches: readonly Feeds[],
    shares?: readonly number[],
  ): AccumulatedStepResult;
  report(value: number): number;
  steps(): number;
  device(): Device;
  web(): WebBuild | undefined;
  weights(): Record<string, Tensor>;
  setWeights(weights: Readonly<Record<string, Tensor>>): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  close(): void;
}

type Method = keyof EngineProtocol;
type Asked<M extends Method> = Parameters<EngineProtocol[M]>;
type Told<M extends Method> = ReturnType<EngineProtocol[M]>;

/** How each question is answered; the compiler sees to it that all are. */
const answers: {
  readonly [M in Method]: (engine: TrainingEngine, ...parameters: Asked<M>) => Told<M> | Promise<Told<M>>;
} = {
  run: (engine, program, feeds) => engine.run(program, feeds),
  step: (engine, program, feeds) => engine.step(program, feeds),
  accumulatedStep: (engine, program, batches, shares) => engine.accumulatedStep(program, batches, shares),
  report: (engine, value) => engine.report(value),
  steps: (engine) => engine.steps(),
  device: (engine) => engine.device(),
  web: (engine) => engine.web(),
  weights: (engine) => engine.weights(),
  setWeights: (engine, weights) => engine.setWeights(weights),
  snapshot: (engine) => engine.snapshot(),
  restore: (engine, snapshot) => engine.restore(snapshot),
  close: (engine) => engine.close(),
};

/** Asks an engine, wherever it is. */
export type Call = <M extends Method>(method: M, ...parameters: Asked<M>) => Promise<Told<M>>;

export interface Question<M extends Method = Method> {
  readonly id: number;
  readonly method: M;
  readonly parameters: Asked<M>;
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SentError };

/** Calls on this thread: one after another, as in a worker, however many are asked for at once. */
export function callsTo(engine: TrainingEngine): Call {
  let last: Promise<unknown> = Promise.resolve();
  return (method, ...parameters) => {
    const result = last.then(() => answers[method](engine, ...parameters));
    last = result.catch(() => undefined);
    return result;
  };
}

/** The side of the thread: what to do with each message. The first makes the engine, the others ask it. */
export function answering(
  runtime: Runtime,
  post: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (message: SentOptions | Question) => void {
  let call: Promise<Call> | undefined;
  return (message) => {
    if (call === undefined) {
      const options = message as SentOptions;
      call = Promise.resolve()
        .then(() => TrainingEngine.create(optionsThatWereSent(options), runtime))
        .then(callsTo);
      // A failure to compile is answered to whoever asks first.
      call.catch(() => undefined);
      return;
    }
    const { id, method, parameters } = message as Question;
    call
      .then((asked) => asked(method, ...parameters))
      .then(
        (result) => post({ id, result }, buffersIn(result)),
        (error: unknown) => post({ id, error: errorToSend(error) }, []),
      );
  };
}

/** The memory of all numbers in an answer: all are copies made for it, so they can be handed over. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}

/** The caller's side: questions that wait for their answers. */
export class Asking {
  readonly #post: (question: Question) => void;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #count = 0;
  #failure: Error | undefined;

  constructor(post: (question: Question) => void) {
    this.#post = post;
  }

  readonly call: Call = (method, ...parameters) =>
    new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const question = { id: ++this.#count, method, parameters };
      // The engine answers each question by the protocol; a message itself has no type.
      this.#waiting.set(question.id, { resolve: resolve as (value: unknown) => void, reject });
      this.#post(question);
    });

  /** Hands an answer to who asked. */
  receive(answer: Answer): void {
    const asked = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(errorThatWasSent(answer.error));
    else asked?.resolve(answer.result);
  }

  /** Nobody will answer any more; what is asked later fails too. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }

  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }
}
