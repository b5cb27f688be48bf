import { kernels } from './kernels.js';

/** The loops of assembly/optimizers.ts. Addresses are in bytes. */
interface Loops {
  sumOfSquares(values: number, count: number): number;
  adam(...addressesAndNumbers: number[]): void;
  descent(...addressesAndNumbers: number[]): void;
  momentum(...addressesAndNumbers: number[]): void;
}

/** Numbers of each array that are worked on at a time: those of all arrays stay in the second-level cache. */
const stretch = 8192;
const most = 4;
const [numberBytes, pageBytes] = [4, 65536];

/**
 * Loops in WebAssembly over arrays that lie elsewhere: a stretch of each is copied in, worked on four numbers at a time,
 * and copied back. The copies stay in the cache, so that the time is near that of reading and writing the arrays once.
 */
export class Vectors {
  readonly #loops: Loops;
  readonly #copies: readonly Float32Array[];

  constructor() {
    const memory = new WebAssembly.Memory({ initial: (most * stretch * numberBytes) / pageBytes });
    const bytes = Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    this.#loops = exports as unknown as Loops;
    this.#copies = Array.from(
      { length: most },
      (_, i) => new Float32Array(memory.buffer, i * stretch * numberBytes, stretch),
    );
  }

  /** In double precision. */
  sumOfSquares(values: Float32Array): number {
    const [copy] = this.#copies as [Float32Array];
    let total = 0;
    for (let start = 0; start < values.length; start += stretch) {
      const part = values.subarray(start, start + stretch);
      copy.set(part);
      copy.fill(0, part.length, fours(part.length));
      total += this.#loops.sumOfSquares(copy.byteOffset, fours(part.length));
    }
    return total;
  }

  /** Adds `factor` times an array to another. */
  add(sums: Float32Array, values: Float32Array, factor: number): void {
    // A step down by the negative: no scaling, no limit, no decay.
    this.move('descent', sums, values, [], [1, Number.POSITIVE_INFINITY, 0, -factor]);
  }

  /**
   * Moves a parameter and the optimizer's arrays by a gradient.
   *
   * @param slots equally long; they change too.
   * @param numbers what the loop takes behind the addresses and the count.
   */
  move(
    loop: Exclude<keyof Loops, 'sumOfSquares'>,
    parameter: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    numbers: readonly number[],
  ): void {
    const arrays = [parameter, gradient, ...slots];
    for (let start = 0; start < parameter.length; start += stretch) {
      const parts = arrays.map((array) => array.subarray(start, start + stretch));
      const copies = parts.map((part, i) => {
        const copy = this.#copies[i] as Float32Array;
        copy.set(part);
        return copy;
      });
      const { length } = parts[0] as Float32Array;
      this.#loops[loop](...copies.map(({ byteOffset }) => byteOffset), fours(length), ...numbers);
      for (const [i, part] of parts.entries()) {
        if (i !== 1) part.set((copies[i] as Float32Array).subarray(0, length));
      }
    }
  }
}

/** The loops take whole groups of four numbers; what lies behind the last one is not copied back. */
function fours(count: number): number {
  return Math.ceil(count / 4) * 4;
}
