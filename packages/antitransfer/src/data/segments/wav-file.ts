import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../errors.js';
import { meanOfRows } from '../../numbers/mean.js';
import { AudioError } from '../audio/audio-error.js';
import { isConvertible } from '../audio/resample.js';
import { decodeWav } from '../audio/wav.js';

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Of `RIFF....WAVE`. */
const FILE_HEADER = 12;
const CHUNK_HEADER = 8;

/** Bytes of the longest description of a format that is read. */
const LONGEST_FORMAT = 64;

/** A sample above this, of a full scale of 1, is a mistake: what decoding a whole file says, too. */
const LOUDEST = 16;

/** What a WAV file's header says. */
interface Header {
  /** The `fmt ` chunk's content. */
  readonly format: Buffer;
  readonly sampleRate: number;
  readonly frameBytes: number;
  /** Where the first sample is, in bytes. */
  readonly start: number;
  /** Samples a channel. */
  readonly frames: number;
}

/**
 * A WAV file of PCM or floating-point samples that is read in parts. Of whole files only: one whose header and length
 * disagree, or that is encoded otherwise, is left to {@link decodeAudioFile}.
 */
export class WavFile {
  readonly #file: FileHandle;
  readonly #header: Header;

  private constructor(
    readonly path: string,
    file: FileHandle,
    header: Header,
  ) {
    this.#file = file;
    this.#header = header;
  }

  /** Opens a file; undefined when it is none that can be read in parts, or cannot be read at all. */
  static async open(path: string): Promise<WavFile | undefined> {
    const file = await open(path).catch(() => undefined);
    const header = file && (await readHeader(file).catch(() => undefined));
    if (file !== undefined && header !== undefined) return new WavFile(path, file, header);
    await file?.close();
    return undefined;
  }

  /** In Hz. */
  get sampleRate(): number {
    return this.#header.sampleRate;
  }

  /** Samples a channel. */
  get frames(): number {
    return this.#header.frames;
  }

  /**
   * Samples from `first` to before `end`, the channels averaged to one.
   *
   * @returns shape (end - first), in [-1, 1]
   * @throws AudioError when they cannot be read (any more), or are no sound
   */
  async read(first: number, end: number): Promise<Float32Array> {
    const { start, frameBytes, format } = this.#header;
    const data = Buffer.alloc((end - first) * frameBytes);
    const { bytesRead } = await this.#file
      .read(data, 0, data.length, start + first * frameBytes)
      .catch((error: unknown) => {
        throw new AudioError(this.path, 'unreadable', `${messageOf(error)}.`, { cause: error });
      });
    if (bytesRead < data.length) {
      throw new AudioError(this.path, 'truncated', 'it has become shorter while it was read.');
    }
    const samples = this.#decode(asFile(format, data));
    const wrong = samples.findIndex((sample) => !(Math.abs(sample) <= LOUDEST));
    if (wrong === -1) return samples;
    const value = samples[wrong];
    const what = `its sample ${first + wrong} is ${value}`;
    throw Number.isFinite(value)
      ? new AudioError(this.path, 'too loud', `${what}; full scale is 1.`)
      : new AudioError(this.path, 'unreadable', `${what}, not a finite number.`);
  }

  #decode(bytes: Uint8Array): Float32Array {
    try {
      return meanOfRows(decodeWav(bytes).channels);
    } catch (error) {
      throw new AudioError(this.path, 'unreadable', `${messageOf(error)}.`, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function readHeader(file: FileHandle): Promise<Header | undefined> {
  const { size } = await file.stat();
  const start = await bytesAt(file, 0, FILE_HEADER);
  if (textAt(start, 0) !== 'RIFF' || textAt(start, 8) !== 'WAVE') return undefined;
  let format: Buffer | undefined;
  for (let offset = FILE_HEADER; offset + CHUNK_HEADER <= size; ) {
    const chunk = await bytesAt(file, offset, CHUNK_HEADER);
    const length = chunk.readUInt32LE(4);
    const content = offset + CHUNK_HEADER;
    if (textAt(chunk, 0) === 'fmt ') {
      if (length < 16 || length > LONGEST_FORMAT) return undefined;
      format = await bytesAt(file, content, length);
    }
    if (textAt(chunk, 0) === 'data') return format && headerOf(format, content, length, size);
    offset = content + length + (length % 2);
  }
  return undefined;
}

function headerOf(format: Buffer, start: number, length: number, size: number): Header | undefined {
  if (format.length < 16) return undefined;
  const written = format.readUInt16LE(0);
  const encoding = written === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : written;
  const channels = format.readUInt16LE(2);
  const sampleRate = format.readUInt32LE(4);
  const frameBytes = format.readUInt16LE(12);
  const plain = encoding === PCM || encoding === IEEE_FLOAT;
  const packed = frameBytes > 0 && frameBytes === (channels * format.readUInt16LE(14)) / 8;
  if (!plain || !packed || !isConvertible(sampleRate) || length === 0 || start + length > size)
    return undefined;
  return { format, sampleRate, frameBytes, start, frames: Math.floor(length / frameBytes) };
}

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, offset + 4);
}

/** Some of a file's samples as a file of their own, so that they are decoded as all of them are. */
function asFile(format: Buffer, data: Buffer): Uint8Array {
  const head = Buffer.alloc(FILE_HEADER);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVE', 8, 'latin1');
  const bytes = Buffer.concat([
    head,
    chunkHead('fmt ', format.length),
    format,
    chunkHead('data', data.length),
    data,
  ]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  return bytes;
}

function chunkHead(name: string, length: number): Buffer {
  const head = Buffer.alloc(CHUNK_HEADER);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(length, 4);
  return head;
}
