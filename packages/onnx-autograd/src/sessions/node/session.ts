import { Worker } from 'node:worker_threads';
import { nodeRuntime } from '../../runtime/node/runtime.js';
import type { EngineOptions, Programs } from '../engine.js';
import { type Answer, Asking } from '../remote.js';
import { optionsToSend } from '../sent-options.js';
import { type EngineAccess, openEngine, Session, type SessionOptions } from '../session.js';
import { loadSnapshot, saveSnapshot } from './snapshot-folder.js';
import { threadFlags } from './thread-flags.js';

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
export class TrainingSession<P extends Programs = Programs> extends Session<P> {
  /**
   * Compiles the programs.
   *
   * @throws DeviceUnavailableError when the device cannot be had here.
   */
  static async create<P extends Programs>(options: SessionOptions<P>): Promise<TrainingSession<P>> {
    return new TrainingSession<P>(await openEngine(options, nodeRuntime, startWorker), options.programs);
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
}

/** A thread with an engine in it. It keeps the process alive only while something is asked. */
function startWorker(options: EngineOptions): Omit<EngineAccess, 'device'> {
  const execArgv = threadFlags(process.execArgv);
  const worker = new Worker(new URL('./worker.js', import.meta.url), { ...(execArgv && { execArgv }) });
  const { sent, transfer } = optionsToSend(options);
  worker.postMessage(sent, transfer);
  const asking = new Asking((question) => {
    worker.ref();
    worker.postMessage(question);
  });
  worker.on('error', (error) => asking.fail(error));
  worker.on('exit', (code) => asking.fail(new Error(`The training thread has ended (exit code ${code}).`)));
  worker.on('message', (answer: Answer) => {
    asking.receive(answer);
    if (!asking.waits) worker.unref();
  });
  const end = async () => {
    if (asking.failed) return;
    // An engine that could not be made has nothing to close.
    await asking.call('close').catch(() => undefined);
    await worker.terminate();
  };
  return { call: asking.call, end };
}
