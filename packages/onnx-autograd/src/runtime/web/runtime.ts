import { bytesOf } from '../form.js';
import type { OrtModule, Runtime } from '../runtime.js';
import { threadsFor } from './threads.js';

/** ONNX Runtime in the browser: the package `onnxruntime-web`, loaded when a device is opened. */
export const webRuntime: Runtime = {
  devices: ['webgpu', 'wasm'],
  preferred: 'auto',

  async missing(device) {
    switch (device) {
      case 'wasm':
        return undefined;
      case 'webgpu':
        return missingWebGpu();
      default:
        return 'a page has webgpu and wasm alone';
    }
  },

  async load(devices, { threads, wasmPaths, withWebGpu }): Promise<OrtModule> {
    // The build with WebGPU has WebAssembly too, but is twice as large.
    const webgpu = withWebGpu ?? devices.includes('webgpu');
    const ort = await (webgpu ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm'));
    const { place } = await import('./place.js');
    const { count, why } = threadsFor({
      asked: threads,
      isolated: globalThis.crossOriginIsolated,
      cores: navigator.hardwareConcurrency,
      inOneScript: place === import.meta.url,
    });
    if (why !== undefined) console.warn(why);
    ort.env.wasm.numThreads = count;
    if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
    const { create } = ort.InferenceSession;
    const compile: OrtModule['compile'] = (what, how) => create(bytesOf(what), how);
    return { Tensor: ort.Tensor, compile, web: { threads: count, withWebGpu: webgpu } };
  },
};

async function missingWebGpu(): Promise<string | undefined> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  if (gpu === undefined) {
    return globalThis.isSecureContext
      ? 'this browser has no WebGPU'
      : 'the page is from neither https nor localhost';
  }
  return (await gpu.requestAdapter()) ? undefined : 'the browser finds no graphics card that it may use';
}
