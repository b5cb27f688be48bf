import { Graph } from '../building/graph.js';
import type { ElementType, Tensor } from '../tensor.js';
import type { Executable, HeldTensor, OpenDevice } from './runtime.js';

type Tensors = ReadonlyMap<string, Tensor | HeldTensor>;

/**
 * Copies tensors to a device and back, by graphs that do nothing else: the one way that ONNX Runtime has on every
 * platform.
 */
export class Mover {
  readonly #device: OpenDevice;
  readonly #executables = new Map<string, Promise<Executable>>();

  constructor(device: OpenDevice) {
    this.#device = device;
  }

  /** Copies in the device's memory. */
  async upload(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, HeldTensor>> {
    return this.#move(tensors, true);
  }

  /** Copies in this process's memory, of tensors that may be on the device. */
  async download(tensors: Tensors): Promise<Record<string, Tensor>> {
    const moved = await this.#move(tensors, false);
    const entries = [...moved].map(([key, { type, dims, data }]) => [
      key,
      { type: type as ElementType, dims: [...dims], data: data.slice() as Float32Array },
    ]);
    return Object.fromEntries(entries);
  }

  async #move(tensors: Tensors, kept: boolean): Promise<Map<string, HeldTensor>> {
    if (tensors.size === 0) return new Map();
    const list = [...tensors];
    const shapes = list.map(([, { type, dims }]) => `${type}(${dims})`);
    const signature = `${kept} ${shapes.join(' ')}`;
    let executable = this.#executables.get(signature);
    if (executable === undefined) {
      executable = this.#compile(
        list.map(([, tensor]) => tensor),
        kept,
      );
      this.#executables.set(signature, executable);
      // What could not be compiled now may be the next time, and there is nothing of it to release.
      executable.catch(() => this.#executables.delete(signature));
    }
    const feeds = Object.fromEntries(list.map(([, tensor], i) => [`x${i}`, tensor]));
    const names = list.map((_, i) => `y${i}`);
    const results = await (await executable).run(feeds, names);
    return new Map(list.map(([key], i) => [key, results[`y${i}`] as HeldTensor]));
  }

  #compile(tensors: readonly (Tensor | HeldTensor)[], kept: boolean): Promise<Executable> {
    const graph = new Graph('copies');
    const outputs = tensors.map(({ type, dims }, i) => {
      const x = graph.input(`x${i}`, dims, type as ElementType);
      return graph.output(graph.apply('Identity', [x], {}, { outputs: [`y${i}`] })).name;
    });
    return this.#device.compile(graph, kept ? { kept: outputs } : {});
  }

  async release(): Promise<void> {
    const compiled = await Promise.allSettled(this.#executables.values());
    this.#executables.clear();
    for (const result of compiled) if (result.status === 'fulfilled') await result.value.release();
  }
}
