import { UserError } from '../errors.js';
import { entryOf } from '../lookup.js';

/** Zero crossings of the filter at each side. */
const CROSSINGS = 64;

/** Of a Kaiser window: what is beyond the band comes back 90 dB weaker. */
const BETA = 9;

/** Where the filter has fallen to a half, of the lower rate's band: 91 % of it is kept, and nothing comes from beyond its end. */
const HALF = 0.955;

/**
 * Changes the sample rate of sound that comes bit by bit, by a windowed sinc: what the lower rate cannot hold is taken out.
 * The same samples become the same, in whatever parts they come. Small enough for a page, where the library that
 * recordings are resampled by would be loaded for nothing else.
 *
 * ```ts
 * const resampler = new StreamResampler(48000, 8000);
 * const converted = [resampler.push(part), resampler.push(next), resampler.end()];
 * ```
 */
export class StreamResampler {
  /** The fewest samples at each rate that last equally long. */
  readonly #period: number;
  readonly #converted: number;
  /** Samples at `from` at each side that one at `to` is computed from. */
  readonly #reach: number;
  /** Where the filter has fallen to a half, of half of `from`. */
  readonly #band: number;
  /** The filter, for each place of an output between two inputs. */
  readonly #phases = new Map<number, Float64Array>();
  /** Inputs that are still needed; zeros stand before the first. */
  #waiting: Float32Array;
  /** The number of the first of them. */
  #first: number;
  #received = 0;
  #given = 0;

  /**
   * @param from whole number of Hz
   * @param to whole number of Hz
   * @throws UserError when a rate is no whole number from 1000 to 768000
   */
  constructor(
    readonly from: number,
    readonly to: number,
  ) {
    for (const rate of [from, to]) {
      if (Number.isInteger(rate) && rate >= 1000 && rate <= 768_000) continue;
      throw new UserError(`A sample rate is a whole number of Hz from 1000 to 768000; got ${rate}.`);
    }
    const divisor = greatestCommonDivisor(from, to);
    this.#period = from / divisor;
    this.#converted = to / divisor;
    const ratio = Math.min(1, to / from);
    this.#band = HALF * ratio;
    this.#reach = Math.ceil(CROSSINGS / ratio);
    this.#waiting = new Float32Array(this.#reach);
    this.#first = -this.#reach;
  }

  /**
   * @param samples shape (any), at `from`
   * @returns the samples at `to` that can be computed now
   */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    if (this.from === this.to) return samples.slice();
    const complete = Math.max(0, this.#received - this.#reach - 1);
    return this.#convert(samples, Math.ceil((complete * this.#converted) / this.#period));
  }

  /** @returns those that are left, with silence behind them: then there are round(received x to / from). */
  end(): Float32Array {
    if (this.from === this.to) return new Float32Array();
    const limit = Math.round((this.#received * this.#converted) / this.#period);
    return this.#convert(new Float32Array(this.#reach + 2), limit);
  }

  /** Computes the outputs up to a number. */
  #convert(samples: Float32Array, limit: number): Float32Array {
    const inputs = new Float32Array(this.#waiting.length + samples.length);
    inputs.set(this.#waiting);
    inputs.set(samples, this.#waiting.length);
    const converted = new Float32Array(Math.max(0, limit - this.#given));
    for (let i = 0; i < converted.length; i++) converted[i] = this.#output(inputs, this.#given + i);
    this.#given += converted.length;
    const needed = Math.floor((this.#given * this.#period) / this.#converted) - this.#reach;
    this.#waiting = inputs.slice(Math.max(0, needed - this.#first));
    this.#first = Math.max(this.#first, needed);
    return converted;
  }

  #output(inputs: Float32Array, number: number): number {
    const steps = number * this.#period;
    const filter = this.#phase(steps % this.#converted);
    const start = Math.floor(steps / this.#converted) - this.#reach - this.#first;
    let sum = 0;
    for (let i = 0; i < filter.length; i++) sum += (filter[i] ?? 0) * (inputs[start + i] ?? 0);
    return sum;
  }

  /** What inputs count, the first of them `reach` before the one at or before the output. */
  #phase(phase: number): Float64Array {
    if (!this.#phases.has(phase)) {
      const filter = new Float64Array(2 * this.#reach + 2);
      for (let i = 0; i < filter.length; i++)
        filter[i] = this.#filter(i - this.#reach - phase / this.#converted);
      // Silence and steadiness stay what they are.
      const sum = filter.reduce((total, value) => total + value, 0);
      this.#phases.set(
        phase,
        filter.map((value) => value / sum),
      );
    }
    return entryOf(this.#phases, phase);
  }

  /** The filter at a distance in samples at `from`. */
  #filter(distance: number): number {
    const place = distance / (this.#reach + 1);
    if (Math.abs(place) >= 1) return 0;
    return this.#band * sinc(this.#band * distance) * bessel(BETA * Math.sqrt(1 - place ** 2));
  }
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of the first kind, of order zero. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
