import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { JobSurroundings } from '../jobs/job-context.js';
import { fromSent } from '../jobs/sent-error.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import type { FromWorker, ToWorker } from './worker-main.js';

/** Signals by which a system, or JavaScript itself, ends a process that wants too much memory. */
const memorySignals: readonly unknown[] = ['SIGKILL', 'SIGABRT', 'SIGTRAP', 'SIGBUS'];

/** A process ended in the middle of a job, or did not even begin. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';

  constructor(
    /** `its process ended before it was done (signal SIGKILL)` */
    message: string,
    /** Whether it may have wanted more memory than there is. */
    readonly mayBeMemory: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * MiB that JavaScript's heap may have before it is gone through as a whole. By itself that is little, and the arrays that ONNX
 * Runtime hands over in every step, which are not in it, have a small heap gone through several times a second, by all cores.
 */
const initialHeap = 64;

/**
 * A process of its own that carries out jobs, one at a time: a training blocks the thread that computes it, and may take its
 * process with it.
 */
export class JobProcess {
  readonly #child: ChildProcess;
  /** Rejects when the process has ended. */
  readonly #ended: Promise<never>;
  #isOver = false;

  constructor() {
    this.#child = fork(new URL('./worker-main.js', import.meta.url), [], {
      serialization: 'json',
      execArgv: [...process.execArgv, `--initial-old-space-size=${initialHeap}`],
    });
    // What cannot be sent to a process that was killed just now is told by its end.
    this.#child.on('error', () => undefined);
    // The exit may be told before the last message is: only behind the disconnection nothing more can come.
    this.#ended = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(
      ([[code, by]]) => {
        throw endedEarly(code, by);
      },
      (error: Error) => {
        throw new ProcessEndedError(`its process cannot be started: ${error.message}`, false, {
          cause: error,
        });
      },
    );
    this.#ended.catch(() => {
      this.#isOver = true;
    });
  }

  /** Whether it has ended: nothing can be asked of it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Carries out a job of the store.
   *
   * @returns who is at it, when somebody is: then nothing was done
   * @throws ProcessEndedError when the process ends meanwhile
   * @throws the signal's reason when it aborts; what went wrong in the job otherwise
   */
  async run(
    id: string,
    { store, execution, compiledCache }: JobSurroundings,
    signal: AbortSignal,
    tell: (event: JobEvent) => void,
  ): Promise<Holder | undefined> {
    const child = this.#child;
    const send = (message: ToWorker) => child.connected && child.send(message);
    const stop = () => send({ kind: 'stop' });
    const { promise, resolve, reject } = settling<Holder | undefined>();
    const listen = (message: FromWorker) => {
      switch (message.kind) {
        case 'event':
          return tell(message.event);
        case 'done':
          return resolve(undefined);
        case 'held':
          return resolve(message.by);
        case 'stopped':
          return reject(signal.reason);
        case 'failed':
          return reject(fromSent(message.error));
      }
    };
    child.on('message', listen);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { location, folder } = store;
      send({ kind: 'start', id, store: { location, folder }, execution, compiledCache });
      if (signal.aborted) stop();
      return await Promise.race([promise, this.#ended]);
    } finally {
      child.off('message', listen);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends it: at once when nothing is under way, behind a checkpoint otherwise. */
  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** A promise, and what settles it. */
function settling<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function endedEarly(code: unknown, by: unknown): ProcessEndedError {
  const how = by === null ? `exit code ${code}` : `signal ${by}`;
  return new ProcessEndedError(`its process ended before it was done (${how})`, memorySignals.includes(by));
}
