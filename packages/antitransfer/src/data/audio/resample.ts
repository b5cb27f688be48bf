import type libsamplerate from '@alexanderolsen/libsamplerate-js';
import { UserError } from '../../errors.js';

type Converter = Awaited<ReturnType<typeof libsamplerate.create>>;

/** The package converts at most 1,008,000 samples a call, in or out, and drops what is more without a word. */
const CALL_SAMPLES = 1_000_000;

/** Samples of the lower rate, at each side, that one sample is computed from: the medium filter has 47. */
const FILTER_REACH = 64;

/** Rates in Hz that can be converted into each other. The package knows no higher ones, and drops samples below 1 : 214. */
export const sampleRates = { lowest: 1000, highest: 192_000 } as const;

/** The library answered fewer samples than it must. */
export class ResamplingError extends UserError {
  override readonly name: string = 'ResamplingError';
}

/** Whether a rate in Hz is one that can be converted. */
export function isConvertible(sampleRate: number): boolean {
  return (
    Number.isInteger(sampleRate) && sampleRate >= sampleRates.lowest && sampleRate <= sampleRates.highest
  );
}

/**
 * Changes sample rates with libsamplerate's medium sinc filter: 121 dB signal-to-noise ratio, 90% of the band.
 * One instance serves any number of recordings and rates; creating it takes some 10 ms.
 *
 * ```ts
 * const resampler = await Resampler.create();
 * resampler.resample(new Float32Array(22050), 22050, 16000).length; // 16000
 * ```
 */
export class Resampler {
  readonly #converter: Converter;

  private constructor(converter: Converter) {
    this.#converter = converter;
  }

  /** Makes one, for one recording after another. @param filter medium, or the library's shortest: 97 dB, 80% of the band, and a third of the time */
  static async create(filter: 'medium' | 'fastest' = 'medium'): Promise<Resampler> {
    // Two megabytes of WebAssembly: loaded when the first recording needs it.
    const { default: libsamplerate } = await import('@alexanderolsen/libsamplerate-js');
    const { SRC_SINC_MEDIUM_QUALITY, SRC_SINC_FASTEST } = libsamplerate.ConverterType;
    const converterType = filter === 'fastest' ? SRC_SINC_FASTEST : SRC_SINC_MEDIUM_QUALITY;
    return new Resampler(await libsamplerate.create(1, 16000, 16000, { converterType }));
  }

  /**
   * @param samples shape (samples)
   * @param from in Hz
   * @param to in Hz
   * @returns shape (round(samples * to / from)); the same array when the rates are equal
   * @throws UserError when a rate is not a whole number from 1000 to 192000
   * @throws ResamplingError when the library answers less than it must
   */
  resample(samples: Float32Array, from: number, to: number): Float32Array {
    for (const rate of [from, to]) {
      if (isConvertible(rate)) continue;
      const { lowest, highest } = sampleRates;
      throw new UserError(`A sample rate is a whole number of Hz from ${lowest} to ${highest}; got ${rate}.`);
    }
    if (from === to || samples.length === 0) return samples;
    this.#converter.inputSampleRate = from;
    this.#converter.outputSampleRate = to;
    const resampled = new Float32Array(Math.round((samples.length * to) / from));
    const { block, context, reach } = blocksFor(from, to);
    for (let start = 0; start < samples.length; start += block) {
      const before = Math.min(start, context);
      const end = Math.min(start + block, samples.length) + reach;
      const converted = this.#converter.simple(silentlyContinued(samples, start - before, end));
      const offset = (start * to) / from;
      const length = Math.min((block * to) / from, resampled.length - offset);
      const skipped = (before * to) / from;
      if (!(converted.length >= skipped + length)) {
        throw new ResamplingError(
          `Of ${samples.length} samples at ${from} Hz, those from ${start} on became ${converted.length - skipped} ` +
            `samples at ${to} Hz instead of ${length}. Convert the recording to ${to} Hz with another program.`,
        );
      }
      resampled.set(converted.subarray(skipped, skipped + length), offset);
    }
    return resampled;
  }
}

/** Samples at `from`, at each side, that one sample at `to` is computed from. */
export function filterReach(from: number, to: number): number {
  return Math.ceil(FILTER_REACH * Math.max(1, from / to));
}

/** The fewest samples at each rate that last equally long: where such a period begins, samples of both coincide. */
export function commonPeriod(from: number, to: number): readonly [number, number] {
  const divisor = greatestCommonDivisor(from, to);
  return [from / divisor, to / divisor];
}

/**
 * How a recording is cut: into blocks that fit into one call, with what the filter reaches of their neighbours, before
 * and behind. All in samples at `from`. A block and its context begin where an input and an output sample coincide.
 */
function blocksFor(from: number, to: number): { block: number; context: number; reach: number } {
  const [period, converted] = commonPeriod(from, to);
  const reach = filterReach(from, to);
  const contextPeriods = Math.ceil(reach / period);
  // Five or more, for no rate is above 192000; and where periods are short enough for a longer context, many more.
  const callPeriods = Math.floor(CALL_SAMPLES / Math.max(period, converted));
  return { block: period * (callPeriods - 2 * contextPeriods), context: period * contextPeriods, reach };
}

/** The samples from `start` to `end`, with silence behind the recording: the filter's last answers need it too. */
function silentlyContinued(samples: Float32Array, start: number, end: number): Float32Array {
  if (end <= samples.length) return samples.subarray(start, end);
  const segment = new Float32Array(end - start);
  segment.set(samples.subarray(start));
  return segment;
}

/** Changes the sample rate of one recording; see {@link Resampler} for many. */
export async function resample(samples: Float32Array, from: number, to: number): Promise<Float32Array> {
  return from === to ? samples : (await Resampler.create()).resample(samples, from, to);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
