import type { Graph } from '../../building/graph.js';
import type { Program } from '../../programs/program.js';
import { type OpenOptions, type OpenProgram, openProgramOn } from '../open-program.js';
import { nodeRuntime } from './runtime.js';

/**
 * Compiles a graph, a program or a model to run it: to look at values, to predict, to check. Weights that are to move
 * want a `TrainingSession` instead.
 *
 * ```ts
 * const network = await openProgram(graph);              // a Graph, a Program, or the bytes of an .onnx file
 * const { logits } = await network.run({ x });
 * await network.close();
 * ```
 *
 * @throws DeviceUnavailableError when the device cannot be had here.
 * @throws GraphError when a weight of a program is missing.
 * @experimental
 */
export function openProgram<P extends Program = Program>(
  what: Graph | P | Uint8Array,
  options: OpenOptions = {},
): Promise<OpenProgram<P>> {
  return openProgramOn(nodeRuntime, what, options);
}
