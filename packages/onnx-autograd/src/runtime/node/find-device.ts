import type { Device, DeviceChoice } from '../device.js';
import { openDevice } from '../open.js';
import { nodeRuntime } from './runtime.js';

/**
 * Finds out what computes here when a device is asked for, by running a convolution on it. `auto` is the one that is fastest
 * in a short probe, so that it may be another the next time.
 *
 * @throws DeviceUnavailableError when it cannot be had here: why, what works instead, and how to get it.
 * @experimental
 */
export async function findDevice(choice: DeviceChoice): Promise<Device> {
  return (await openDevice(nodeRuntime, choice)).device;
}
