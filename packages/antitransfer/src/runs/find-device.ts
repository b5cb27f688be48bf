import { type Device, type DeviceChoice, findDevice } from 'onnx-autograd';
import { UserError } from '../errors.js';
import type { Config } from './config/schema.js';

/** The devices of experiments that are planned together: each is tried once, and `auto` is one and the same for all. */
export class DeviceFinder {
  readonly #found = new Map<DeviceChoice, Promise<Device>>();

  /** @param elsewhere whether others carry jobs out, perhaps on machines that have what this one has not */
  constructor(readonly elsewhere = false) {}

  /**
   * Finds out whether the device of an experiment works here, before anything of it is done.
   *
   * @returns the same, where `auto` was asked for with the device that it is
   * @throws DeviceUnavailableError when it cannot be had here: why, what works instead, and how to get it.
   */
  async settle({ experiment, execution }: Config): Promise<Config> {
    const { device: choice = 'cpu', ...others } = experiment;
    const device = await this.#find(choice);
    return { execution, experiment: device === 'cpu' ? others : { ...others, device } };
  }

  async #find(choice: DeviceChoice): Promise<Device> {
    // It is everywhere: nothing has to be loaded for it yet.
    if (choice === 'cpu') return choice;
    if (this.elsewhere) {
      if (choice !== 'auto') return choice;
      throw new UserError(
        'Who carries jobs out on other machines must be told the device: name it, such as --device webgpu, in place of auto.',
      );
    }
    const found = this.#found.get(choice) ?? findDevice(choice);
    this.#found.set(choice, found);
    return found;
  }
}
