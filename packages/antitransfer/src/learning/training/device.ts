import type { Device } from 'onnx-autograd';
import { devices } from 'onnx-autograd/internal';
import { z } from 'zod';

/** What may compute a training, by name. */
export const deviceName = z.enum(devices);

/** The same as it may be asked for: `auto` is the fastest in a short probe. */
export const deviceChoice = z.enum([...devices, 'auto']);

/** Whether the processor computes: several trainings then share it. Any other device has one at a time. */
export function isProcessor(device: Device): boolean {
  return device === 'cpu' || device === 'wasm';
}
