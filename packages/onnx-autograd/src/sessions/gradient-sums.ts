import type { ClippingSettings } from '../optimizers/clipping.js';
import type { OptimizerSettings } from '../optimizers/optimizer.js';
import type { TrainingProgram } from '../programs/program.js';
import { type SumGraph, shareFeed, type UpdateGraph, updateOfSums, withSums } from '../programs/update.js';
import type { Mover } from '../runtime/mover.js';
import type { Executable, HeldTensor, OpenDevice } from '../runtime/runtime.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { Fed, Results } from './weight-holder.js';

/** The sums of the gradients of several batches in the device's memory, and the update by them. */
export class GradientSums {
  readonly #adding: Executable;
  readonly #applying: Executable;
  readonly #names: Omit<SumGraph, 'graph'>;
  readonly #sums = new Map<string, HeldTensor>();

  private constructor(
    /** Of the program that applies them. */
    readonly update: Omit<UpdateGraph, 'graph'>,
    names: Omit<SumGraph, 'graph'>,
    adding: Executable,
    applying: Executable,
  ) {
    this.#names = names;
    this.#adding = adding;
    this.#applying = applying;
  }

  static async compile(
    device: OpenDevice,
    program: TrainingProgram,
    optimizer: OptimizerSettings,
    clipping: ClippingSettings,
  ): Promise<GradientSums> {
    const { graph: summing, ...names } = withSums(program);
    const kept = [...Object.values(names.next), ...Object.values(program.updates)];
    const { graph, ...update } = updateOfSums(program, optimizer, clipping);
    const adding = await device.compile(summing, { kept });
    try {
      const applying = await device.compile(graph, { kept: Object.values(update.next) });
      return new GradientSums(update, names, adding, applying);
    } catch (error) {
      // What is told is why the update could not be compiled.
      await adding.release().catch(() => undefined);
      throw error;
    }
  }

  /** Begins with zeros, of these shapes. */
  async begin(mover: Mover, shapes: ReadonlyMap<string, Pick<Tensor, 'dims'>>): Promise<void> {
    const zeros = Object.keys(this.#names.sums).map((name): [string, Tensor] => {
      const { dims } = shapes.get(name) as Pick<Tensor, 'dims'>;
      return [name, { type: 'float32', dims, data: new Float32Array(elementCount(dims)) }];
    });
    for (const [name, held] of await mover.upload(new Map(zeros))) this.#sums.set(name, held);
  }

  /**
   * Adds a batch's gradients.
   *
   * @param asked names of what else is wanted of the step's program.
   */
  async add(feeds: Fed, share: number, asked: readonly string[]): Promise<Results> {
    const { next, sums } = this.#names;
    const fed = [...this.#sums].map(([name, held]) => [sums[name], held]);
    const all = { ...feeds, ...shareFeed(share), ...(Object.fromEntries(fed) as Fed) };
    const results = await this.#adding.run(all, [...asked, ...Object.values(next)]);
    for (const [name, output] of Object.entries(next)) {
      this.#sums.get(name)?.dispose();
      this.#sums.set(name, results[output] as HeldTensor);
    }
    return results;
  }

  /** Computes the next weights. */
  async apply(feeds: Fed, asked: readonly string[]): Promise<Results> {
    const fed = [...this.#sums].map(([name, held]) => [`sums/${name}`, held]);
    return this.#applying.run({ ...feeds, ...(Object.fromEntries(fed) as Fed) }, asked);
  }

  /** Frees the sums. */
  end(): void {
    for (const held of this.#sums.values()) held.dispose();
    this.#sums.clear();
  }

  async release(): Promise<void> {
    this.end();
    await this.#adding.release();
    await this.#applying.release();
  }
}
