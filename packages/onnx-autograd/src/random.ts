import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded stream of random numbers (xoroshiro128+). Everything random in the library takes one,
 * so that the same seed gives the same numbers. Its state can be stored and restored.
 *
 * ```ts
 * const random = new Random(7);
 * random.uniform();          // 0 <= value < 1
 * random.fork('dropout');    // an independent stream that depends on the seed and the name
 * ```
 */
export class Random {
  #generator: ReturnType<typeof xoroshiro128plus>;
  readonly #seed: number;

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is a whole number; got ${seed}.`);
    this.#seed = hash(String(seed));
    this.#generator = xoroshiro128plus(this.#seed);
  }

  /** An independent stream for one purpose. Does not advance this one. */
  fork(name: string): Random {
    return new Random(hash(`${this.#seed}/${name}`));
  }

  /** A number in [0, 1). */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return uniformInt(this.#generator, low, high);
  }

  /** A draw from the standard normal distribution (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('Random.pick needs at least one item.');
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  /** The state of the stream, to be given to {@link Random.restore}. */
  state(): readonly number[] {
    return this.#generator.getState();
  }

  /** Continues a stream from a stored {@link Random.state}. */
  restore(state: readonly number[]): void {
    this.#generator = xoroshiro128plusFromState(state);
  }
}

/** FNV-1a, 32 bits: spreads names and small seeds over the generator's seeds. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value | 0;
}
