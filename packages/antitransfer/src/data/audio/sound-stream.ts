import { setImmediate } from 'node:timers/promises';
import { itemAt } from '../../lookup.js';
import { type DecodedPart, decodeInto } from './decode.js';
import type { DecodedStream, FfmpegDecoder, SoundBlock } from './ffmpeg/decoder.js';
import { ChannelMixer, concatenated, oneChannel, ownSamples } from './mix-channels.js';
import { readAudioFile } from './read-audio-file.js';
import { refuseAbsurd } from './sample-problems.js';

/** Samples that are decoded before others get their turn: a second or so of work. */
const SAMPLES_AT_ONCE = 2 ** 24;

/**
 * A compressed recording that is read in parts, front to back: never more of it is decoded at a time than is asked for. It
 * is gone through once before, so that it is whole and its length is known; that takes the decoder's time twice, and the
 * file's size twice in memory, however long the sound is.
 */
export class SoundStream {
  #blocks: Generator<SoundBlock, DecodedStream> | undefined;
  /** Which part is being decoded, and how many of its samples came. */
  #part = 0;
  #samplesOfPart = 0;
  /** What is decoded and may be asked for yet. */
  #kept: Float32Array[] = [];
  /** Which sample the first of those is. */
  #first = 0;

  private constructor(
    private readonly decoder: FfmpegDecoder,
    private readonly parts: readonly DecodedPart[],
    private readonly channel: number | undefined,
    /** In Hz. */
    readonly sampleRate: number,
    /** Samples a channel. */
    readonly frames: number,
  ) {}

  /**
   * Opens a recording; undefined when its samples need no decoder.
   *
   * @param channel from 1; the mean of all when absent
   * @throws AudioError when it cannot be used, as `decodeAudioFile`, but for how long it is
   */
  static async open(path: string, channel?: number): Promise<SoundStream | undefined> {
    const { ffmpeg } = await import('./ffmpeg/shared.js');
    const decoder = ffmpeg.another();
    const mixer = new ChannelMixer(channel, Number.POSITIVE_INFINITY, undefined, (samples, first) =>
      refuseAbsurd(path, samples, first),
    );
    const file = await readAudioFile(path);
    const { parts } = await decodeInto(path, file, channel, mixer, (part, take) =>
      decodeInTurns(decoder, part, take),
    );
    if (parts.length === 0) return undefined;
    return new SoundStream(decoder, parts, channel, itemAt(mixer.sampleRates, 0), mixer.length);
  }

  /**
   * Samples from `first` to before `end`. What lies before the first is given up: asked for again, the recording is
   * decoded from its beginning.
   *
   * @returns shape (end - first), in [-1, 1]
   */
  async read(first: number, end: number): Promise<Float32Array> {
    if (first < this.#first) this.#beginAgain();
    let decoded = this.#first + this.#kept.reduce((sum, { length }) => sum + length, 0);
    while (decoded < end) {
      const block = this.#next();
      if (block === undefined) break;
      this.#kept.push(block);
      decoded += block.length;
      this.#giveUp(first);
    }
    this.#giveUp(first);
    return concatenated(this.#kept).slice(first - this.#first, end - this.#first);
  }

  /** Channels that cancel were found when it was opened. */
  requireMean(): void {}

  async close(): Promise<void> {
    this.#beginAgain();
  }

  #giveUp(first: number): void {
    for (let [block] = this.#kept; block !== undefined; [block] = this.#kept) {
      if (this.#first + block.length > first) return;
      this.#first += block.length;
      this.#kept.shift();
    }
  }

  #beginAgain(): void {
    // Frees the decoder's memory of the file.
    this.#blocks?.return(undefined as never);
    this.#blocks = undefined;
    [this.#part, this.#samplesOfPart, this.#first] = [0, 0, 0];
    this.#kept = [];
  }

  /** The next samples; undefined behind the last ones. */
  #next(): Float32Array | undefined {
    for (let part = this.parts[this.#part]; part !== undefined; part = this.parts[this.#part]) {
      this.#blocks ??= this.decoder.blocks(part.bytes);
      const next = this.#blocks.next();
      if (next.done) {
        this.#blocks = undefined;
        this.#part++;
        this.#samplesOfPart = 0;
        continue;
      }
      const { planes } = next.value;
      const mixed = oneChannel(planes, this.channel);
      if (mixed === undefined) throw new Error('A channel is gone that was there before.');
      const left = Math.min(mixed.length, part.samples - this.#samplesOfPart);
      this.#samplesOfPart += mixed.length;
      if (left > 0) return ownSamples(mixed, planes).subarray(0, left);
    }
    return undefined;
  }
}

/** To its end, and now and then lets others have their turn: a signal to stop, for example. */
async function decodeInTurns(
  decoder: FfmpegDecoder,
  part: Uint8Array,
  take: (planes: SoundBlock['planes'], sampleRate: number) => void,
): Promise<DecodedStream> {
  const blocks = decoder.blocks(part);
  let samples = 0;
  for (let next = blocks.next(); ; next = blocks.next()) {
    if (next.done) return next.value;
    take(next.value.planes, next.value.sampleRate);
    samples += itemAt(next.value.planes, 0).length;
    if (samples < SAMPLES_AT_ONCE) continue;
    samples = 0;
    await setImmediate();
  }
}
