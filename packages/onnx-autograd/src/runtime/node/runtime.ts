import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../device.js';
import { bytesOf } from '../form.js';
import type { OrtModule, Runtime } from '../runtime.js';
import { missingWebGpu } from './missing-webgpu.js';
import { loadNative, loadWeb, nativeFolder } from './packages.js';

/** ONNX Runtime in Node: `onnxruntime-node`, and for WebAssembly `onnxruntime-web`, whichever the user has installed. */
export const nodeRuntime: Runtime = {
  devices: ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'],
  preferred: 'cpu',

  async missing(device) {
    try {
      if (device === 'wasm') {
        await loadWeb();
        return undefined;
      }
      const built = (await loadNative()).listSupportedBackends().map(({ name }) => name);
      if (!built.includes(device)) {
        const platform = `${process.platform} ${process.arch}`;
        return `ONNX Runtime for ${platform} is built without it (it has ${built.filter(isDevice).join(', ')})`;
      }
      if (device === 'webgpu') return await missingWebGpu();
      return device === 'cuda' ? missingCuda() : undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },

  async load(devices, { threads, compiledCache }): Promise<OrtModule> {
    if (!devices.includes('wasm')) {
      const native = await loadNative();
      const { compilerWith } = await import('./compile.js');
      return { Tensor: native.Tensor, compile: compilerWith(compiledCache) };
    }
    const web = await loadWeb();
    if (threads !== undefined) web.env.wasm.numThreads = threads;
    const { create } = web.InferenceSession;
    return { Tensor: web.Tensor, compile: (what, how) => create(bytesOf(what), how) };
  },
};

/** CUDA's part of ONNX Runtime is a file of its own, without which it complains at length. */
function missingCuda(): string | undefined {
  const library = `bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_cuda.so`;
  return existsSync(join(nativeFolder(), library))
    ? undefined
    : `onnxruntime-node/${library} is not installed`;
}

function isDevice(name: string): boolean {
  return nodeRuntime.devices.includes(name as Device);
}
