import { type Device, findDevice } from 'onnx-autograd';
import { useSoftwareVulkan } from '../../../onnx-autograd/test/devices/software-vulkan.js';

/** A device beside the processor, or why there is none here. */
export type Found = { readonly device: Device } | { readonly why: string };

/**
 * WebGPU in Node, on the graphics card or on Chromium's software Vulkan. To be called before anything of ONNX Runtime is loaded;
 * processes that are started afterwards find it, too. Where it cannot be had this is said aloud.
 */
export async function findWebGpu(): Promise<Found> {
  useSoftwareVulkan();
  try {
    return { device: await findDevice('webgpu') };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.warn(`SKIPPED: trainings on WebGPU were NOT TESTED. ${why}`);
    return { why };
  }
}
