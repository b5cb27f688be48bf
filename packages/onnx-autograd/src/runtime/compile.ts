import type { Graph } from '../building/graph.js';
import { writeOnnx } from '../onnx/write.js';
import { lowerForWebGpu } from '../passes/lower.js';
import type { Executable, OpenDevice } from './runtime.js';

/**
 * Compiles a graph for a device, in the form that the device can run.
 *
 * @param kept names of the outputs that are to stay on the device.
 */
export function compileFor(
  device: OpenDevice,
  graph: Graph,
  kept: readonly string[] = [],
): Promise<Executable> {
  if (device.device !== 'webgpu') return device.compile(writeOnnx(graph), { kept });
  const lowered = lowerForWebGpu(graph);
  return device.compile(writeOnnx(lowered.graph), { kept, onProcessor: lowered.onProcessor });
}
