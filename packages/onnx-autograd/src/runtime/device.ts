/** What computes. `wasm` is the processor too, by WebAssembly: in the browser, and in Node where asked for. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml' | 'wasm';

/** A device by name, or `auto`: the one that is fastest in a short probe. */
export type DeviceChoice = Device | 'auto';

export const devices: readonly Device[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu', 'wasm'];

/** The devices whose results may stay where they are until the next step takes them. */
export const keepsResults: ReadonlySet<Device> = new Set<Device>(['webgpu']);

/** How to get each device, in the words that follow "it is not available". */
export const howToGet: Readonly<Record<Device, string>> = {
  cpu:
    'It is the device of Node on Linux, macOS and Windows, and needs the package onnxruntime-node beside this one; in a ' +
    'browser the processor is "wasm".',
  webgpu:
    'In Node it needs a graphics card with a Vulkan (Linux), Metal (macOS) or Direct3D 12 (Windows) driver; ' +
    'in a browser, one that has WebGPU on this machine (about://gpu tells), and a page from https or localhost.',
  cuda:
    'It needs Node on Linux x64, an NVIDIA card with CUDA and cuDNN, and the libraries that the install script of ' +
    'onnxruntime-node downloads: remove ONNXRUNTIME_NODE_INSTALL=skip and run "npm rebuild onnxruntime-node".',
  dml: 'DirectML needs Node on Windows.',
  coreml: 'CoreML needs Node on macOS.',
  wasm: 'It needs the package onnxruntime-web beside this one.',
};
