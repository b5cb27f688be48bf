import type { InferenceSession } from 'onnxruntime-common';
import type { LoadOptions } from './runtime.js';

/** How ONNX Runtime runs a program. A training and a profile do so alike, or the profile would show something else. */
export function sessionOptions(
  { threads }: Pick<LoadOptions, 'threads'>,
  fedWeights: boolean,
): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: fedWeights ? 'extended' : 'all',
    logSeverityLevel: 3,
    // One block for all intermediate values is a third more memory at the peak, and no faster.
    enableMemPattern: false,
    // A step runs several programs in turns, each with threads of its own: those of the last one must not keep the cores
    // busy waiting for work while the next one runs.
    extra: { session: { force_spinning_stop: '1' } },
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  };
}
