import { webRuntime } from '../../runtime/web/runtime.js';
import type { EngineOptions, Programs } from '../engine.js';
import { type Answer, Asking } from '../remote.js';
import { optionsToSend } from '../sent-options.js';
import { type EngineAccess, openEngine, Session, type SessionOptions } from '../session.js';
import { cannotStart, started, startedWithin } from './started.js';

/**
 * A training in a page: holds the weights and runs steps, in a Web Worker so that the page goes on.
 *
 * ```ts
 * const session = await TrainingSession.create({ programs: { train }, weights, optimizer: adam() });
 * session.device;                                             // 'webgpu' or 'wasm'
 * const { loss } = await session.step('train', { x, labels });
 * const bytes = writeSnapshot(await session.snapshot());      // for IndexedDB or a download
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
    return new TrainingSession<P>(await openEngine(options, webRuntime, startWorker), options.programs);
  }
}

function startWorker(options: EngineOptions): Omit<EngineAccess, 'device'> {
  // Written so that bundlers recognise the worker.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const { sent, transfer } = optionsToSend(options);
  worker.postMessage(sent, transfer);
  const asking = new Asking((question) => worker.postMessage(question));
  const seconds = startedWithin / 1000;
  const late = () => asking.fail(cannotStart(`it has not answered within ${seconds} seconds.`));
  const waiting = setTimeout(late, startedWithin);
  worker.onerror = ({ message, filename, lineno }: Partial<ErrorEvent>) => {
    clearTimeout(waiting);
    // A script that cannot be loaded is an event that tells nothing.
    const where = filename ? ` (${filename}:${lineno})` : '';
    asking.fail(
      message
        ? new Error(`The training thread has failed: ${message}${where}`)
        : cannotStart('it could not be loaded.'),
    );
  };
  worker.onmessage = ({ data }: MessageEvent<Answer | typeof started>) => {
    clearTimeout(waiting);
    if (data !== started) asking.receive(data);
  };
  const end = async () => {
    clearTimeout(waiting);
    if (asking.failed) return worker.terminate();
    // An engine that could not be made has nothing to close.
    await asking.call('close').catch(() => undefined);
    asking.fail(new Error('The training thread has ended.'));
    worker.terminate();
  };
  return { call: asking.call, end };
}
