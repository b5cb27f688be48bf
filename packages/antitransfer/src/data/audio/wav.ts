/** Reads the sample at a byte offset. */
type SampleReader = (view: DataView, offset: number) => number;

/** What a WAV file holds. */
export interface WavContents {
  readonly channels: readonly Float32Array[];
  /** In Hz. */
  readonly sampleRate: number;
  /** Samples a channel. */
  readonly frames: number;
  /** Samples a channel that the file's header promises; undefined when it does not say. */
  readonly promised: number | undefined;
}

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** What programs that stream write as a size, because they do not know it yet. */
const UNKNOWN_SIZE = 0xffffffff;

/**
 * Reads a RIFF WAVE file: PCM of 8, 16, 24 and 32 bits and IEEE floating point, plain or extensible.
 * An integer of b bits is divided by 2^(b-1), as soundfile, librosa and torchaudio do.
 *
 * @throws Error when the bytes are no such file; the message says what was found.
 */
export function decodeWav(bytes: Uint8Array): WavContents {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, data } = findChunks(view);
  const channelCount = view.getUint16(format + 2, true);
  const sampleRate = view.getUint32(format + 4, true);
  const bits = view.getUint16(format + 14, true);
  let encoding = view.getUint16(format, true);
  // The real encoding of an extensible file is the first half of the sub-format's identifier.
  if (encoding === EXTENSIBLE && format + 26 <= view.byteLength) encoding = view.getUint16(format + 24, true);
  if (channelCount === 0 || sampleRate === 0) {
    throw new Error(`its header promises ${channelCount} channels at ${sampleRate} Hz`);
  }
  const read = sampleReader(encoding, bits);

  const frameBytes = channelCount * (bits / 8);
  const available = view.byteLength - data.start;
  // So does a recorder that was never stopped: no size, and the whole file ends before its samples begin.
  const neverClosed = data.size === 0 && 8 + view.getUint32(4, true) <= data.start;
  const unknown = data.size === UNKNOWN_SIZE || neverClosed;
  const frames = Math.floor((unknown ? available : Math.min(available, data.size)) / frameBytes);
  const promised = unknown ? undefined : Math.floor(data.size / frameBytes);

  const channels = Array.from({ length: channelCount }, () => new Float32Array(frames));
  channels.forEach((samples, channel) => {
    let offset = data.start + channel * (bits / 8);
    for (let frame = 0; frame < frames; frame++, offset += frameBytes) samples[frame] = read(view, offset);
  });
  return { channels, sampleRate, frames, promised };
}

/** The `fmt ` chunk's offset, and where the samples are and how many bytes they are said to take. */
function findChunks(view: DataView): { format: number; data: { start: number; size: number } } {
  let format: number | undefined;
  for (let offset = 12; offset + 8 <= view.byteLength; ) {
    const name = fourCharacters(view, offset);
    const size = view.getUint32(offset + 4, true);
    if (name === 'fmt ' && size >= 16 && offset + 24 <= view.byteLength) format = offset + 8;
    if (name === 'data') {
      if (format === undefined) throw new Error('its samples come before a description of their format');
      return { format, data: { start: offset + 8, size } };
    }
    // Chunks are padded to an even size.
    offset += 8 + size + (size % 2);
  }
  throw new Error('its header breaks off before the samples');
}

function sampleReader(encoding: number, bits: number): SampleReader {
  if (encoding === PCM) {
    if (bits === 8) return (view, offset) => (view.getUint8(offset) - 128) / 128;
    if (bits === 16) return (view, offset) => view.getInt16(offset, true) / 32768;
    if (bits === 24) {
      return (view, offset) => ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 8388608;
    }
    if (bits === 32) return (view, offset) => view.getInt32(offset, true) / 2147483648;
  }
  if (encoding === IEEE_FLOAT) {
    if (bits === 32) return (view, offset) => view.getFloat32(offset, true);
    if (bits === 64) return (view, offset) => view.getFloat64(offset, true);
  }
  throw new Error(`WAV encoding ${encoding} with ${bits} bits is not supported; convert it to 16-bit PCM`);
}

function fourCharacters(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));
}

/**
 * Writes a mono WAV file of 16-bit PCM. Samples outside [-1, 1) are clipped.
 *
 * ```ts
 * const bytes = encodeWav(new Float32Array(16000), 16000);
 * bytes.length; // 32044
 * ```
 *
 * @param samples in [-1, 1), shape (samples)
 * @param sampleRate in Hz, a whole number
 */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (offset: number, characters: string) =>
    bytes.set(new TextEncoder().encode(characters), offset);
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + 2 * index, Math.max(-32768, Math.min(32767, Math.round(32768 * sample))), true);
  });
  return bytes;
}

/** The same as a `data:` URL, for an `<audio>` element in a page that stands alone. */
export function encodeWavUrl(samples: Float32Array, sampleRate: number): string {
  return `data:audio/wav;base64,${Buffer.from(encodeWav(samples, sampleRate)).toString('base64')}`;
}
