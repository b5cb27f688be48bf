import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../errors.js';
import { AudioError } from '../audio/audio-error.js';
import { CHUNK_HEAD, chunkAt } from '../audio/containers/chunk-walk.js';
import { riff, soundChunks } from '../audio/containers/riff.js';
import { ChannelMixer, ChannelPowers } from '../audio/mix-channels.js';
import { type PcmFormat, pcmFormat, readPcm } from '../audio/pcm.js';
import { isConvertible } from '../audio/resample.js';
import { cancelledOut, refuseAbsurd, requireChannel } from '../audio/sample-problems.js';

/** Bytes that are read to find a file's samples; more and more of them, as pictures and notes may stand before. */
const FIRST_BYTES = 2 ** 16;
const MOST_FIRST_BYTES = 2 ** 26;

/**
 * A WAV file (RF64, too) of PCM or floating-point samples that is read in parts. Of whole files only: one that is shorter
 * than its header says, or is encoded otherwise, is left to {@link decodeAudioFile}.
 */
export class WavFile {
  /** Samples a channel. */
  readonly frames: number;
  readonly #file: FileHandle;
  readonly #format: PcmFormat;
  readonly #powers = new ChannelPowers();

  private constructor(
    readonly path: string,
    /** Which channel is read, from 1; the mean of all when undefined. */
    readonly channel: number | undefined,
    file: FileHandle,
    format: PcmFormat,
  ) {
    this.#file = file;
    this.#format = format;
    this.frames = framesOf(format);
  }

  /**
   * Opens a file; undefined when it is none that can be read in parts, or cannot be read at all.
   *
   * @param channel from 1; the mean of all when absent
   * @throws AudioError when it has no such channel
   */
  static async open(path: string, channel?: number): Promise<WavFile | undefined> {
    const file = await open(path).catch(() => undefined);
    const format = file && (await readFormat(file).catch(() => undefined));
    let opened = false;
    try {
      if (file === undefined || format === undefined) return undefined;
      requireChannel(path, channel, format.channels);
      opened = true;
      return new WavFile(path, channel, file, format);
    } finally {
      if (!opened) await file?.close();
    }
  }

  /** In Hz. */
  get sampleRate(): number {
    return this.#format.sampleRate;
  }

  /**
   * Samples from `first` to before `end`.
   *
   * @returns shape (end - first), in [-1, 1]
   * @throws AudioError when they cannot be read (any more), or are no sound
   */
  async read(first: number, end: number): Promise<Float32Array> {
    const { layout, channels, slot } = this.#format;
    const frameBytes = channels * slot;
    const bytes = Buffer.alloc((end - first) * frameBytes);
    const { bytesRead } = await this.#file
      .read(bytes, 0, bytes.length, layout.data + first * frameBytes)
      .catch((error: unknown) => {
        throw new AudioError(this.path, 'unreadable', `${messageOf(error)}.`, { cause: error });
      });
    if (bytesRead < bytes.length) {
      throw new AudioError(this.path, 'truncated', 'it has become shorter while it was read.');
    }
    const mixer = new ChannelMixer(this.channel, end - first, this.#powers);
    const part = { ...this.#format, layout: { ...layout, data: 0, held: bytes.length } };
    readPcm(bytes, part, mixer.take);
    const samples = mixer.samples();
    refuseAbsurd(this.path, samples, first);
    return samples;
  }

  /** @throws AudioError when the channels cancelled each other in what was read */
  requireMean(): void {
    if (this.#powers.cancel) throw cancelledOut(this.path, this.#format.channels);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function readFormat(file: FileHandle): Promise<PcmFormat | undefined> {
  const { size } = await file.stat();
  for (let length = FIRST_BYTES; length <= MOST_FIRST_BYTES; length *= 4) {
    const bytes = await bytesAt(file, 0, Math.min(length, size));
    if (!riff.recognises(bytes)) return undefined;
    const format = formatIn(bytes, size);
    if (format !== 'further') return format && !(await goesOn(file, format)) ? format : undefined;
    if (length >= size) return undefined;
  }
  return undefined;
}

/** Whether more sound stands behind the samples; {@link decodeAudioFile} says where. */
async function goesOn(file: FileHandle, { layout }: PcmFormat): Promise<boolean> {
  for (let offset = layout.data + layout.held; ; ) {
    const chunk = chunkAt(await bytesAt(file, offset, CHUNK_HEAD), 0, layout.littleEndian);
    if (chunk === undefined) return false;
    if (soundChunks.includes(chunk.name)) return true;
    offset += chunk.end;
  }
}

/** The format, when the file can be read in parts; `further` when these bytes do not reach its samples. */
function formatIn(bytes: Uint8Array, size: number): PcmFormat | 'further' | undefined {
  let format: PcmFormat | undefined;
  try {
    format = pcmFormat(bytes, size);
  } catch {
    return 'further';
  }
  if (format === undefined || !isConvertible(format.sampleRate) || framesOf(format) === 0) return undefined;
  const { layout, isFloat, slot, bits } = format;
  if (layout.promised !== undefined && layout.held < layout.promised) return undefined;
  // Whether fewer bits than there is room for stand in the upper ones is told by all samples together.
  return isFloat || slot === 1 || bits === 8 * slot ? format : undefined;
}

function framesOf({ layout, channels, slot }: PcmFormat): number {
  return Math.floor(layout.held / (channels * slot));
}

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}
