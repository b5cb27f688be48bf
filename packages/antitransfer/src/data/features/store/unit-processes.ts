import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../../../errors.js';
import { AudioError, type AudioProblem } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import type { Cut } from '../../segments/cut.js';
import type { FileDigests } from './clip-keys.js';
import type { UnitBatch, UnitComputer, UnitFiles, UnitPlace } from './unit-computer.js';
import type { Unit } from './units.js';

/** Who computes units, one after another: here, or in a process of its own. */
export type UnitWorker = Pick<UnitComputer, 'begin' | 'cut' | 'compute' | 'decoded'>;

/** What a process is told. It answers each but the first and the last. */
export type ToUnitProcess =
  | { readonly kind: 'place'; readonly place: UnitPlace }
  | { readonly kind: 'begin'; readonly files: UnitFiles }
  | { readonly kind: 'cut'; readonly clips: readonly Clip[] }
  | {
      readonly kind: 'compute';
      readonly clips: readonly Clip[];
      readonly keys: readonly (string | null)[];
      readonly alongside: readonly number[];
    }
  | { readonly kind: 'stop' };

/** A problem of a recording, by the clip's index among those that are computed. */
export interface SentProblem {
  readonly index: number;
  readonly path: string;
  readonly reason: AudioProblem;
  readonly message: string;
}

/** What it answers. */
export type FromUnitProcess =
  | { readonly kind: 'digests'; readonly digests: readonly (readonly [path: string, digest: string])[] }
  | { readonly kind: 'cuts'; readonly cuts: readonly (Cut | null)[]; readonly decoded: number }
  | { readonly kind: 'batch'; readonly clips: readonly number[]; readonly problems: readonly SentProblem[] }
  | { readonly kind: 'computed'; readonly decoded: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | null };

/**
 * Has units computed in processes of their own: each takes the next one as soon as it is done with its last.
 *
 * @param take has one unit computed by a worker
 * @throws the first error, when all have stopped; what is complete is stored
 * @throws the signal's reason when it aborts
 */
export async function inProcesses(
  place: UnitPlace,
  units: readonly Unit[],
  take: (worker: UnitWorker, unit: Unit) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const waiting = units.values();
  const processes = Array.from({ length: place.processes }, () => new UnitProcess(place));
  const stop = () => {
    for (const one of processes) one.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  const errors: unknown[] = [];
  const work = async (worker: UnitProcess) => {
    try {
      for (const unit of waiting) {
        if (errors.length > 0 || signal.aborted) break;
        await take(worker, unit);
      }
    } catch (error) {
      errors.push(error);
      // What the others have complete is stored before anything is told.
      stop();
    } finally {
      await worker.end();
    }
  };
  try {
    await Promise.all(processes.map(work));
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];
}

/** A process that computes units. */
class UnitProcess implements UnitWorker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #answer: ((message: FromUnitProcess) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  #failure: Error | undefined;
  #decoded = 0;

  constructor(place: UnitPlace) {
    this.#child = fork(new URL('./unit-process-main.js', import.meta.url), {
      serialization: 'json',
      // Of a program that is given as text (--eval) these would hold it again.
      execArgv: [],
    });
    this.#child.on('message', (message: FromUnitProcess) => this.#answer?.(message));
    // The exit may be told before the last message is: only behind the disconnection nothing more can come.
    this.#ended = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(
      ([[code, by]]) => this.#end(endedEarly(code, by)),
      (error: Error) => this.#end(notStarted(error)),
    );
    this.#send({ kind: 'place', place });
  }

  /** How many files it has decoded so far. */
  get decoded(): number {
    return this.#decoded;
  }

  begin(files: UnitFiles, signal: AbortSignal): Promise<FileDigests> {
    return this.#ask({ kind: 'begin', files }, signal, (message, done) => {
      if (message.kind === 'digests') done(new Map(message.digests));
    });
  }

  cut(clips: readonly Clip[], signal: AbortSignal): Promise<(Cut | undefined)[]> {
    return this.#ask({ kind: 'cut', clips: clips.map(lean) }, signal, (message, done) => {
      if (message.kind !== 'cuts') return;
      this.#decoded = message.decoded;
      done(message.cuts.map((cut) => cut ?? undefined));
    });
  }

  compute(
    clips: readonly Clip[],
    keys: readonly (string | undefined)[],
    signal: AbortSignal,
    onBatch: (batch: UnitBatch) => void,
    alongside: readonly number[] = [],
  ): Promise<void> {
    const question = {
      kind: 'compute',
      clips: clips.map(lean),
      keys: keys.map((key) => key ?? null),
      alongside,
    } as const;
    return this.#ask<void>(question, signal, (message, done) => {
      if (message.kind === 'batch') {
        const { clips: some, problems } = message;
        onBatch({ clips: some, problems: new Map(problems.map((sent) => [sent.index, problemOf(sent)])) });
      }
      if (message.kind !== 'computed') return;
      this.#decoded = message.decoded;
      done();
    });
  }

  stop(): void {
    this.#send({ kind: 'stop' });
  }

  /** Lets it end, and waits for that. */
  async end(): Promise<void> {
    this.stop();
    await this.#ended;
  }

  #ask<T>(
    question: ToUnitProcess,
    signal: AbortSignal,
    hear: (message: FromUnitProcess, done: (value: T) => void) => void,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#fail = reject;
      this.#answer = (message) => {
        if (message.kind === 'stopped') reject(signal.reason ?? new Error('It was told to stop.'));
        else if (message.kind === 'failed') reject(errorOf(message));
        else hear(message, resolve);
      };
      this.#send(question);
    });
  }

  #end(failure: Error): void {
    this.#failure = failure;
    this.#fail?.(failure);
  }

  #send(message: ToUnitProcess): void {
    // One that has just died is told by its end.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** What is needed to read a clip. */
function lean({ labels: _, whole: __, ...clip }: Clip): Clip {
  return { ...clip, labels: {} };
}

function problemOf({ path, reason, message }: SentProblem): AudioError {
  return new AudioError(path, reason, message.slice(`"${path}" is ${reason}: `.length));
}

/** Without a stack it was caused by a user: the message is enough. */
function errorOf({ message, stack }: FromUnitProcess & { kind: 'failed' }): Error {
  if (stack === null) return new UserError(message);
  return Object.assign(new Error(message), { stack });
}

function notStarted(cause: Error): UserError {
  const text = `A process that computes features cannot be started: ${cause.message}. Try --parallel 1.`;
  return new UserError(text, { cause });
}

function endedEarly(code: unknown, by: unknown): UserError {
  const how = by === null ? `exit code ${code}` : `signal ${by}`;
  return new UserError(
    `A process that computes features ended before it was done (${how}). Perhaps memory ran out: try --parallel 1. ` +
      'What it had stored is kept; the same command continues.',
  );
}
