/** More than these help small networks little, and keep the cores of a laptop from everything else. */
const mostByItself = 4;

interface ThreadSettings {
  /** How many the user asks for; four at most when absent. */
  readonly asked: number | undefined;
  /** Whether the page is isolated from other origins. */
  readonly isolated: boolean;
  /** Of the processor, as the browser tells them. */
  readonly cores: number;
  /** Whether ONNX Runtime has no script of its own. */
  readonly inOneScript: boolean;
}

/** How many threads are taken, and why not more where that is not for the page to know. */
export interface Threads {
  readonly count: number;
  readonly why?: string;
}

/**
 * How many threads WebAssembly has. They share memory, which a browser allows to pages alone that are isolated from other
 * origins, and start with the script that ONNX Runtime is part of: where a bundler has written that and a worker as one, it
 * would be the worker that starts again, and ONNX Runtime would wait for ever.
 */
export function threadsFor({ asked, isolated, cores, inOneScript }: ThreadSettings): Threads {
  const count = Math.max(1, Math.min(asked ?? mostByItself, isolated ? cores : 1));
  return count > 1 && inOneScript ? { count: 1, why: oneScript } : { count };
}

const oneScript =
  'onnx-autograd computes with one thread: the bundler put ONNX Runtime into one script with what uses it, and no thread can ' +
  "start from that. In Vite set worker: { format: 'es' }.";
