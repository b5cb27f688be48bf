import { bytesOf } from '../form.js';
import type { OrtModule, Runtime } from '../runtime.js';
import { isStrayThread, strayThread } from './stray-threads.js';

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

  async load(devices, { threads, wasmPaths }): Promise<OrtModule> {
    // The build with WebGPU has WebAssembly too, but is twice as large.
    const ort = await (devices.includes('webgpu')
      ? import('onnxruntime-web/webgpu')
      : import('onnxruntime-web/wasm'));
    // Threads share memory, which a browser allows to isolated pages alone.
    const most = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
    ort.env.wasm.numThreads = Math.min(threads ?? most, most);
    if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
    const compile: OrtModule['compile'] = (what, options) =>
      ort.InferenceSession.create(bytesOf(what), options);
    if (ort.env.wasm.numThreads === 1) return { Tensor: ort.Tensor, compile };
    // Once they are lost, they are for all that this script opens.
    lost ??= strayThread();
    const failing = lost;
    return { Tensor: ort.Tensor, compile: (...given) => Promise.race([compile(...given), failing]) };
  },
};

let lost: Promise<never> | undefined;

/** Whether this script runs as a thread that it should not be. It is told as soon as the script runs. */
export const isStray = isStrayThread();

async function missingWebGpu(): Promise<string | undefined> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  if (gpu === undefined) {
    return globalThis.isSecureContext
      ? 'this browser has no WebGPU'
      : 'the page is from neither https nor localhost';
  }
  return (await gpu.requestAdapter()) ? undefined : 'the browser finds no graphics card that it may use';
}
