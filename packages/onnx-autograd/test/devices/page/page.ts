import { adam, TrainingSession } from 'onnx-autograd';
import type { Device, DeviceChoice } from '../../../src/runtime/device.js';
import { openDevice } from '../../../src/runtime/open.js';
import { webRuntime } from '../../../src/runtime/web/runtime.js';
import { rows } from '../../gradients/rows/index.js';
import { gradientsOnDevice, type RowResult } from '../gradients-on-device.js';
import { type Trained, trainOnDevice } from '../train-on-device.js';

/** What the test asks of the page. */
export interface Suite {
  /** Runs the rows of these positions. */
  rows(device: Device, positions: readonly number[]): Promise<RowResult[]>;
  train(
    device: DeviceChoice,
    name: string,
    thread: 'worker' | 'inline',
    threads?: number | 'tried',
  ): Promise<Trained>;
  /** The device that is opened, or the error. */
  open(device: DeviceChoice): Promise<string>;
  /** The device of a session with a worker and how many threads it has, or the error. */
  openWorker(device: DeviceChoice, threads?: number): Promise<string>;
  isolated: boolean;
}

const suite: Suite = {
  async rows(device, positions) {
    const opened = await openDevice(webRuntime, device);
    const results: RowResult[] = [];
    for (const position of positions) {
      const row = rows[position];
      if (row === undefined) throw new Error(`There is no row ${position}.`);
      results.push(await gradientsOnDevice(opened, row));
    }
    return results;
  },
  train: (device, name, thread, threads) =>
    trainOnDevice((options) => TrainingSession.create(options), device, name, thread, threads),
  open: (device) =>
    openDevice(webRuntime, device).then(
      (opened) => opened.device,
      (error: Error) => `${error.name}: ${error.message}`,
    ),
  async openWorker(device, threads = 2) {
    try {
      const options = { programs: {}, weights: {}, optimizer: adam(), device, threads };
      const session = await TrainingSession.create(options);
      await session.close();
      return `${session.device}, threads: ${session.threads}`;
    } catch (error) {
      const { name, message } = error as Error;
      return `${name}: ${message}`;
    }
  },
  isolated: globalThis.crossOriginIsolated,
};
Object.assign(globalThis, { suite });
