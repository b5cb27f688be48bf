import { existsSync } from 'node:fs';

/** Where Debian's package `chromium` has its software Vulkan. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Lets WebGPU in Node find Chromium's software Vulkan where there is no graphics card. Must be called before anything of
 * ONNX Runtime is loaded, and in a process of its own: Vulkan reads the environment once.
 */
export function useSoftwareVulkan(): void {
  if (process.platform !== 'linux' || existsSync('/dev/dri') || !existsSync(driver)) return;
  process.env.VK_ICD_FILENAMES ??= driver;
  process.env.XDG_RUNTIME_DIR ??= '/tmp';
}
