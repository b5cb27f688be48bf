import { webRuntime } from '../../runtime/web/runtime.js';
import type { EngineOptions, Programs } from '../engine.js';
import { type Answer, Asking } from '../remote.js';
import { optionsToSend } from '../sent-options.js';
import { type EngineAccess, openEngine, Session, type SessionOptions } from '../session.js';
import { cannotStart, started, startedWithin } from './started.js';
import { tried } from './trial.js';

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
    return new TrainingSession<P>(await open(options), options.programs);
  }
}

/** Opens an engine; where threads are to be had and nobody says how many, a second one beside it that has one. */
async function open(options: SessionOptions): Promise<EngineAccess> {
  const access = await openEngine(options, webRuntime, startWorker);
  const web = await access.call('web').catch(async (error: unknown) => {
    await access.end();
    throw error;
  });
  const threads = access.device === 'wasm' ? web?.threads : undefined;
  const asIs = { ...access, threads: () => threads };
  if (web === undefined || threads === undefined || threads === 1) return asIs;
  if (options.threads !== undefined || options.thread === 'inline') return asIs;
  try {
    // The same build, so that it comes to the same bits.
    const { withWebGpu } = web;
    const alone = await openEngine(
      { ...options, device: 'wasm', threads: 1, withWebGpu },
      webRuntime,
      startWorker,
    );
    return tried({ access: alone, threads: 1 }, { access, threads });
  } catch {
    // There was memory for one alone, perhaps.
    return asIs;
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
