/** The worker's first message, once its script runs: what it answers may take long, but this does not. */
export const started = 'started';

/** How long a page waits for it, in milliseconds: a script of some hundred kB over a slow network. */
export const startedWithin = 60_000;

/** As a variable, it is not taken by bundlers for a file to be copied. */
const script = './worker.js';

/**
 * What to say of a worker whose script does not run.
 *
 * @param what happened, as a sentence.
 */
export function cannotStart(what: string): Error {
  // A server may send it for pages alone, and not for scripts, which need it as well.
  const isolated = globalThis.crossOriginIsolated
    ? ' and, as this page is isolated from other origins, with the header "Cross-Origin-Embedder-Policy: require-corp"'
    : '';
  return new Error(
    `The training thread cannot start: ${what} Its script is ${new URL(script, import.meta.url)} (a bundler adds to the ` +
      `name), which the server must send as JavaScript${isolated}, and a content security policy allow (worker-src). In Vite set ` +
      "worker: { format: 'es' } and, for the development server, optimizeDeps: { exclude: ['onnx-autograd', " +
      "'onnxruntime-web'] }.",
  );
}
