import { InferenceSession } from 'onnxruntime-node';

/** How ONNX Runtime runs a program. */
export interface CompileOptions {
  /** Threads inside one operator; all cores when absent. */
  readonly threads?: number | undefined;
  /** A folder that keeps compiled programs, so that a program is compiled once; made when it does not exist. */
  readonly compiledCache?: string | undefined;
  /** Where ONNX Runtime writes the times of all nodes: the beginning of a file's path. */
  readonly profilePrefix?: string;
}

/** Compiles a model. A training and a profile compile in the same way, or the profile would show something else. */
export async function compile(model: Uint8Array, options: CompileOptions = {}): Promise<InferenceSession> {
  const { threads, compiledCache, profilePrefix } = options;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // One block for all intermediate values is a third more memory at the peak, and no faster.
    enableMemPattern: false,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  if (compiledCache === undefined) return InferenceSession.create(model, sessionOptions);
  const { compileOnce } = await import('./compiled-programs.js');
  return compileOnce(compiledCache, model, sessionOptions);
}
