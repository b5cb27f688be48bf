import type { Graph } from '../building/graph.js';
import { writeOnnx } from '../onnx/write.js';
import { lowerForWebGpu } from '../passes/lower.js';
import type { Device } from './device.js';

/** The bytes that ONNX Runtime compiles. */
export function bytesOf(what: Graph | Uint8Array): Uint8Array {
  return what instanceof Uint8Array ? what : writeOnnx(what);
}

/** A graph in the form that a device can run, and the names of the nodes that the processor is to compute all the same. */
export function formFor(
  device: Device,
  what: Graph | Uint8Array,
): { readonly form: Graph | Uint8Array; readonly onProcessor: readonly string[] } {
  if (device !== 'webgpu' || what instanceof Uint8Array) return { form: what, onProcessor: [] };
  const { graph, onProcessor } = lowerForWebGpu(what);
  return { form: graph, onProcessor };
}
