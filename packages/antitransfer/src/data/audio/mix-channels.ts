import { dot } from '../../numbers/dot.js';
import { meanOfRows } from '../../numbers/mean.js';
import type { Planes } from './ffmpeg/decoder.js';

/** A recording has no more samples than these once it is one channel: two gigabytes of numbers; three hours at 48 kHz, nine at 16 kHz. */
const longestSamples = 2 ** 29;

/** The mean of channels whose power is below this share of theirs is no mean of them: they cancel (-20 dB). */
const CANCELLED = 0.01;

/** A recording has more samples than fit into memory. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/** In a block whose mean has more than this share of the channels' power, nothing is looked for. */
const QUIET_BLOCK = 0.1;

/** Two channels are opposite when the power of their sum is below this share of the sum of their powers. */
const OPPOSITE = 0.2;

/** A channel with less than this share of the loudest one's power needs no opposite. */
const SILENT_CHANNEL = 0.01;

/** Compares the power of channels with that of their mean. */
export class ChannelPowers {
  #channels = 0;
  #mean = 0;
  /** Of the channels, in blocks in which each has its opposite. */
  #opposite = 0;

  /** @param mean of the channels */
  add(channels: Planes, mean: Float32Array): void {
    const powers = channels.map((channel) => dot(channel, channel));
    const meanPower = dot(mean, mean);
    let power = 0;
    for (const one of powers) power += one / channels.length;
    this.#mean += meanPower;
    this.#channels += power;
    // The mean of many channels that have nothing in common is quiet, too: only then is each held against each other.
    if (meanPower < QUIET_BLOCK * power && areOpposite(channels, powers)) this.#opposite += power;
  }

  /** Whether the channels are each other's opposite, so that their mean is not what was recorded. */
  get cancel(): boolean {
    return this.#mean < CANCELLED * this.#channels && this.#opposite > this.#channels / 2;
  }
}

/** Whether every channel that is not silent has another one that is its opposite. */
function areOpposite(channels: Planes, powers: readonly number[]): boolean {
  const least = SILENT_CHANNEL * powers.reduce((most, power) => Math.max(most, power), 0);
  const loud = channels.flatMap((samples, index) => {
    const power = powers[index] ?? 0;
    return power > least ? [{ samples, power }] : [];
  });
  return loud.every((one) =>
    loud.some((other) => {
      const both = one.power + other.power;
      return both + 2 * dot(one.samples, other.samples) < OPPOSITE * both;
    }),
  );
}

const SAMPLE_BYTES = Float32Array.BYTES_PER_ELEMENT;

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/**
 * One channel of several. It may be one of the planes themselves.
 *
 * @param channel from 1; the mean of all when undefined
 * @returns undefined where there is no such channel
 */
export function oneChannel(planes: Planes, channel: number | undefined): Float32Array | undefined {
  return channel === undefined ? meanOfRows(planes) : planes[channel - 1];
}

/** Samples that stay as they are when the planes are overwritten. */
export function ownSamples(samples: Float32Array, planes: Planes): Float32Array {
  // The mean of a single row is that row.
  return planes.includes(samples) ? samples.slice() : samples;
}

/** Makes one channel of several, block by block, so that the others are never in memory together. */
export class ChannelMixer {
  readonly #blocks: Float32Array[] = [];
  readonly #rates = new Set<number>();
  #samples = 0;
  #channels = Number.POSITIVE_INFINITY;

  /**
   * @param channel which to take, from 1; the mean of all when undefined
   * @param longest in samples
   * @param powers told of all channels whose mean is taken
   * @param receive is given the one channel block by block, and which sample is its first, in place of it being held
   */
  constructor(
    private readonly channel: number | undefined,
    private readonly longest = longestSamples,
    private readonly powers = new ChannelPowers(),
    private readonly receive?: (samples: Float32Array, first: number) => void,
  ) {}

  /** Takes a block of samples in; they may be overwritten afterwards. */
  readonly take = (planes: Planes, sampleRate: number): void => {
    this.#rates.add(sampleRate);
    this.#channels = Math.min(this.#channels, planes.length);
    const mixed = oneChannel(planes, this.channel);
    if (mixed === undefined) return;
    this.#samples += mixed.length;
    if (this.#samples > this.longest) {
      throw new TooLongError(
        `decoded it takes more than ${mebibytes(SAMPLE_BYTES * this.longest)}, which is what is held of one recording`,
      );
    }
    if (this.receive !== undefined) this.receive(mixed, this.#samples - mixed.length);
    else this.#blocks.push(ownSamples(mixed, planes));
    if (this.channel !== undefined || planes.length === 1) return;
    this.powers.add(planes, mixed);
  };

  /** Takes samples off the end again. */
  drop(count: number): void {
    let left = this.receive === undefined ? count : 0;
    while (left > 0) {
      const last = this.#blocks.pop();
      if (last === undefined) return;
      if (last.length > left) this.#blocks.push(last.subarray(0, last.length - left));
      left -= last.length;
    }
    this.#samples -= count;
  }

  /** Shape (samples). */
  samples(): Float32Array {
    return concatenated(this.#blocks);
  }

  /** Samples that were taken, and not dropped. */
  get length(): number {
    return this.#samples;
  }

  /** Channels that every block had; 0 when there was no block. */
  get channels(): number {
    return Number.isFinite(this.#channels) ? this.#channels : 0;
  }

  /** The rates in Hz that blocks had: one, unless the recording is a wonder. */
  get sampleRates(): readonly number[] {
    return [...this.#rates];
  }

  /** Whether the channels are each other's opposite, so that their mean is not what was recorded. */
  get cancels(): boolean {
    return this.powers.cancel;
  }
}

/** Blocks one behind the other; a single one as it is. */
export function concatenated(blocks: readonly Float32Array[]): Float32Array {
  const [first, ...others] = blocks;
  if (first === undefined || others.length === 0) return first ?? new Float32Array(0);
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const block of blocks) {
    all.set(block, offset);
    offset += block.length;
  }
  return all;
}
