import { errorThatWasSent, errorToSend, type SentError } from '../errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { type EngineOptions, TrainingEngine } from './engine.js';

/** What may be asked of an engine on another thread. */
export type EngineMethod =
  | 'run'
  | 'step'
  | 'steps'
  | 'device'
  | 'weights'
  | 'setWeights'
  | 'snapshot'
  | 'restore'
  | 'close';

export type Call = <T>(method: EngineMethod, parameters: readonly unknown[]) => Promise<T>;

export interface Question {
  readonly id: number;
  readonly method: EngineMethod;
  readonly parameters: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SentError };

/** Calls on this thread: one after another, as in a worker, however many are asked for at once. */
export function callsTo(engine: TrainingEngine): Call {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(method: EngineMethod, parameters: readonly unknown[]) => {
    const result = last.then(() => ask<T>(engine, method, parameters));
    last = result.catch(() => undefined);
    return result;
  };
}

async function ask<T>(
  engine: TrainingEngine,
  method: EngineMethod,
  parameters: readonly unknown[],
): Promise<T> {
  const bound = (engine[method] as (...args: readonly unknown[]) => unknown).bind(engine);
  return (await bound(...parameters)) as T;
}

/** The side of the thread: what to do with each message. The first makes the engine, the others ask it. */
export function answering(
  runtime: Runtime,
  post: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (message: EngineOptions | Question) => void {
  let call: Promise<Call> | undefined;
  return (message) => {
    if (call === undefined) {
      call = TrainingEngine.create(message as EngineOptions, runtime).then(callsTo);
      // A failure to compile is answered to whoever asks first.
      call.catch(() => undefined);
      return;
    }
    const { id, method, parameters } = message as Question;
    call
      .then((asked) => asked(method, parameters))
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

  readonly call: Call = <T>(method: EngineMethod, parameters: readonly unknown[]) =>
    new Promise<T>((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const question: Question = { id: ++this.#count, method, parameters };
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
