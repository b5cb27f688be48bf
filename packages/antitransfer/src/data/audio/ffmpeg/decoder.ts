import { readFile } from 'node:fs/promises';
import { WASI } from '@bjorn3/browser_wasi_shim';

/** The part of the WebAssembly interface in use; TypeScript declares it for browsers only. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<CompiledModule>;
  Instance: new (module: CompiledModule, imports: object) => { exports: Exports };
};
type CompiledModule = object;

/** What `decoder/decoder.c` exports. A number that stands for text or samples is an address in its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(size: number): number;
  open_input(bytes: number, size: number): number;
  close_input(): void;
  decode_next(): number;
  planes(): number;
  channels(): number;
  frame_rate(): number;
  sample_rate(): number;
  packets(): number;
  stated_packets(): number;
  stated_seconds(): number;
  damaged_packets(): number;
  damaged_inside(): number;
  codec_name(): number;
  messages(): number;
}

/** Samples of every channel, equally long; they are overwritten by the next ones. */
export type Planes = readonly Float32Array[];

/** What is decoded at once. */
export interface SoundBlock {
  readonly planes: Planes;
  /** In Hz. */
  readonly sampleRate: number;
}

/** What is known of a stream once it was decoded to its end. */
export interface DecodedStream {
  /** As FFmpeg names it, for example `aac`. */
  readonly codec: string;
  /** In Hz. */
  readonly sampleRate: number;
  /** Samples a channel that came out. */
  readonly samples: number;
  /** Samples of the longest packet. */
  readonly longestPacket: number;
  /** Samples a channel that the container states; undefined when it does not say. */
  readonly statedSamples: number | undefined;
  readonly packets: number;
  /** Packets that the container lists; 0 when it has no list. */
  readonly statedPackets: number;
  /** Packets that could not be decoded, or not whole. */
  readonly damaged: number;
  /** Those of the damaged ones that sound came after: no torn end. */
  readonly damagedInside: number;
  /** What FFmpeg had to say, a line each: E for errors, W for warnings. */
  readonly messages: readonly string[];
}

/** FFmpeg cannot read the bytes, for a reason that it gives as a number. */
export class FfmpegError extends Error {
  override readonly name = 'FfmpegError';

  constructor(
    readonly code: number,
    messages: readonly string[],
  ) {
    super(
      reasons[code] ?? messages.find((line) => line.startsWith('E'))?.slice(1) ?? `FFmpeg's error ${code}`,
    );
  }

  /** Whether the bytes end where more would have to follow. */
  get isEnd(): boolean {
    return this.code === -541478725;
  }
}

/** The numbers of FFmpeg's errors (libavutil/error.h) that files cause. */
const reasons: Readonly<Record<number, string>> = {
  [-1094995529]: 'its header is damaged',
  [-1381258232]: 'it holds no sound',
  [-1128613112]: 'its encoding is not supported',
  [-1163346256]: 'its encoding is not supported',
  [-541478725]: 'it ends within its header',
};

/** Memory that is kept for the next file; after a larger one the decoder begins anew. */
const KEPT_BYTES = 64 * 2 ** 20;

/** FFmpeg reads whole numbers beyond the end of its input. */
const PADDING = 64;

/**
 * FFmpeg's decoders of sound as one WebAssembly program (`decoder/`), fed from memory. It writes nothing anywhere: what
 * FFmpeg says is part of the answer.
 */
export class FfmpegDecoder {
  #exports: Exports | undefined;

  /** @param keptBytes of memory that are kept for the next file; after a larger one the decoder begins anew */
  private constructor(
    private readonly module: CompiledModule,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  static async load(): Promise<FfmpegDecoder> {
    const path = new URL('../../../../decoder/ffmpeg.wasm', import.meta.url);
    return new FfmpegDecoder(await WebAssembly.compile(await readFile(path)));
  }

  /** A decoder with memory of its own, for one file that is gone through while others are decoded. */
  another(): FfmpegDecoder {
    return new FfmpegDecoder(this.module, Number.POSITIVE_INFINITY);
  }

  /**
   * Decodes the sound in a file block by block, as far as blocks are asked for. No other file may be begun meanwhile.
   *
   * @throws FfmpegError when the file cannot be opened
   */
  *blocks(bytes: Uint8Array): Generator<SoundBlock, DecodedStream> {
    const exports = this.#instance();
    let decoded = false;
    try {
      const stream = yield* decodeWith(exports, bytes);
      exports.close_input();
      decoded = true;
      return stream;
    } finally {
      // Whatever happened, the next file finds a decoder that knows nothing of it.
      if (!decoded || exports.memory.buffer.byteLength > this.keptBytes) this.#exports = undefined;
    }
  }

  /**
   * Decodes the sound in a file to its end.
   *
   * @param take is given the samples as they come, and their rate in Hz
   * @throws FfmpegError when the file cannot be opened
   */
  decode(bytes: Uint8Array, take: (planes: Planes, sampleRate: number) => void): DecodedStream {
    const blocks = this.blocks(bytes);
    for (;;) {
      const next = blocks.next();
      if (next.done) return next.value;
      take(next.value.planes, next.value.sampleRate);
    }
  }

  #instance(): Exports {
    if (this.#exports) return this.#exports;
    const wasi = new WASI([], [], [], { debug: false });
    const instance = new WebAssembly.Instance(this.module, { wasi_snapshot_preview1: wasi.wasiImport });
    wasi.initialize(instance as unknown as Parameters<WASI['initialize']>[0]);
    this.#exports = instance.exports;
    return instance.exports;
  }
}

function* decodeWith(exports: Exports, bytes: Uint8Array): Generator<SoundBlock, DecodedStream> {
  // Addresses are unsigned; WebAssembly hands them over as signed numbers.
  const input = exports.allocate(bytes.length + PADDING) >>> 0;
  if (input === 0) throw new RangeError(`${bytes.length} bytes`);
  const memory = new Uint8Array(exports.memory.buffer, input, bytes.length + PADDING);
  memory.set(bytes);
  memory.fill(0, bytes.length);
  const status = exports.open_input(input, bytes.length);
  if (status < 0) throw new FfmpegError(status, linesAt(exports, exports.messages()));
  let samples = 0;
  let longestPacket = 0;
  for (let count = exports.decode_next(); count !== 0; count = exports.decode_next()) {
    if (count < 0) throw new FfmpegError(count, linesAt(exports, exports.messages()));
    yield { planes: planesOf(exports, count), sampleRate: exports.frame_rate() };
    samples += count;
    longestPacket = Math.max(longestPacket, count);
  }
  const sampleRate = exports.sample_rate();
  const seconds = exports.stated_seconds();
  return {
    codec: textAt(exports, exports.codec_name()),
    sampleRate,
    samples,
    longestPacket,
    statedSamples: seconds > 0 ? Math.round(seconds * sampleRate) : undefined,
    packets: exports.packets(),
    statedPackets: exports.stated_packets(),
    damaged: exports.damaged_packets(),
    damagedInside: exports.damaged_inside(),
    messages: linesAt(exports, exports.messages()),
  };
}

function planesOf(exports: Exports, count: number): Planes {
  const first = exports.planes() >>> 0;
  return Array.from(
    { length: exports.channels() },
    (_, channel) => new Float32Array(exports.memory.buffer, first + 4 * channel * count, count),
  );
}

function textAt(exports: Exports, address: number): string {
  const memory = Buffer.from(exports.memory.buffer);
  return memory.toString('latin1', address >>> 0, memory.indexOf(0, address >>> 0));
}

function linesAt(exports: Exports, address: number): string[] {
  return textAt(exports, address)
    .split('\n')
    .filter((line) => line !== '');
}
