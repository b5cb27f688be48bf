import type { Graph } from '../building/graph.js';
import { writeOnnx } from '../onnx/write.js';
import { lowerForWebGpu } from '../passes/lower.js';
import type { Executable, OpenDevice } from './runtime.js';

/**
 * Compiles a graph for a device, in the form that the device can run.
 *
 * @param kept names of the outputs that are to stay on the device.
 * @param trace how the name of a file begins that is to tell what was executed.
 */
export function compileFor(
  device: OpenDevice,
  graph: Graph,
  kept: readonly string[] = [],
  trace?: string,
): Promise<Executable> {
  const options = { kept, ...(trace !== undefined && { trace }) };
  if (device.device !== 'webgpu') return device.compile(writeOnnx(graph), options);
  const lowered = lowerForWebGpu(graph);
  return device.compile(writeOnnx(lowered.graph), { ...options, onProcessor: lowered.onProcessor });
}
