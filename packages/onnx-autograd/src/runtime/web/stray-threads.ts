/**
 * ONNX Runtime starts its threads with the script that it is part of. Where a bundler writes a worker as one script of the
 * old format, that is the worker's script: it starts once more as each thread, knows nothing of being one, and ONNX
 * Runtime waits for ever. Such a thread tells the script's other instances.
 */

/** What ONNX Runtime calls its threads. */
const threadName = /^em-pthread/;

/** Whether this script was started as a thread of ONNX Runtime; tells those that wait for one. */
export function isStrayThread(): boolean {
  const { name = '' } = globalThis as { name?: string };
  const isWorker = typeof document === 'undefined';
  if (!isWorker || !threadName.test(name)) return false;
  openChannel().postMessage(name);
  return true;
}

/** Fails when this script is started as a thread of ONNX Runtime; else it stays open. */
export function strayThread(): Promise<never> {
  const failing = new Promise<never>((_, reject) => {
    openChannel().onmessage = () => reject(new Error(message));
  });
  failing.catch(() => undefined);
  return failing;
}

const message =
  'ONNX Runtime’s threads cannot start, because the bundler put it into one script with the worker (format "iife"). ' +
  "In Vite set worker: { format: 'es' }; with threads: 1 it works as it is.";

/** Instances of one script hear each other. */
function openChannel(): BroadcastChannel {
  return new BroadcastChannel(`onnx-autograd ${location.href}`);
}
