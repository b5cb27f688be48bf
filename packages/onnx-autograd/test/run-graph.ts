import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Graph } from '../src/building/graph.js';
import { writeOnnx } from '../src/onnx/write.js';
import type { Tensor } from '../src/tensor.js';

/** A graph compiled by ONNX Runtime, to be run with named tensors. */
export type CompiledGraph = (feeds: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;

/**
 * Compiles the bytes of a model, on one thread: the graphs of the tests are tiny.
 *
 * @param optimized whether ONNX Runtime may fuse nodes; some fused operators have no kernels in double precision.
 */
export async function compileOnnx(bytes: Uint8Array, optimized = true): Promise<CompiledGraph> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    graphOptimizationLevel: optimized ? 'all' : 'disabled',
  });
  return async (feeds) => {
    const entries = session.inputNames.map((name) => {
      const tensor = feeds[name];
      if (tensor === undefined) throw new Error(`The input "${name}" is not fed.`);
      return [name, new OrtTensor(tensor.type, tensor.data as Float32Array, tensor.dims)] as const;
    });
    const results = await session.run(Object.fromEntries(entries));
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [
        name,
        { type: result.type, dims: result.dims, data: result.data } as Tensor,
      ]),
    );
  };
}

export function compile(graph: Graph, optimized = true): Promise<CompiledGraph> {
  return compileOnnx(writeOnnx(graph), optimized);
}

/** Compiles and runs a graph once. */
export async function runOnce(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>> = {},
): Promise<Record<string, Tensor>> {
  return (await compile(graph))(feeds);
}
