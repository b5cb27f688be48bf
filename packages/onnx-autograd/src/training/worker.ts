import { parentPort } from 'node:worker_threads';
import { NonFiniteLossError } from '../errors.js';
import { type EngineOptions, TrainingEngine } from './engine.js';

/** What may be asked of an engine on another thread. */
export type EngineMethod =
  | 'run'
  | 'step'
  | 'steps'
  | 'weights'
  | 'setWeights'
  | 'snapshot'
  | 'restore'
  | 'close';

export interface Question {
  readonly id: number;
  readonly method: EngineMethod;
  readonly parameters: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly step?: number;
        readonly loss?: number;
      };
    };

const port = parentPort;
if (port === null)
  throw new Error('This module is the entry of a worker thread; create a TrainingSession instead.');

async function answer(
  engine: Promise<TrainingEngine>,
  { id, method, parameters }: Question,
): Promise<Answer> {
  try {
    const target = await engine;
    const bound = (target[method] as (...args: readonly unknown[]) => unknown).bind(target);
    return { id, result: await bound(...parameters) };
  } catch (error) {
    const { name, message } = error as Error;
    const numbers = error instanceof NonFiniteLossError ? { step: error.step, loss: error.loss } : {};
    return { id, error: { name, message, ...numbers } };
  }
}

/** The memory of all numbers in an answer: all are copies made for it, so they can be handed over. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}

// The first message makes the engine. (`workerData` would be held on to for as long as the thread lives.)
port.once('message', (options: EngineOptions) => {
  const engine = TrainingEngine.create(options);
  // A failure to compile is answered to whoever asks first.
  engine.catch(() => undefined);
  // One after another: a step must not begin before the one before it has moved the weights.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (question: Question) => {
    last = last.then(async () => {
      const message = await answer(engine, question);
      port.postMessage(message, 'result' in message ? buffersIn(message.result) : []);
    });
  });
});
